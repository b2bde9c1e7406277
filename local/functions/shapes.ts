import type { EventInvokeConfig, EventSourceMapping, FunctionConfiguration } from "./function-record.ts";
import type { FunctionParts } from "./parts.ts";

/** Records as the API shows them. */

/** https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html */
export function configurationShape(
  { store }: FunctionParts,
  configuration: FunctionConfiguration,
  qualified = false,
) {
  const { name, version, logging } = configuration;
  return {
    FunctionName: name,
    FunctionArn: store.arn(name, qualified || version !== "$LATEST" ? version : undefined),
    Runtime: configuration.runtime,
    Role: configuration.role,
    Handler: configuration.handler,
    CodeSize: configuration.codeSize,
    Description: configuration.description,
    Timeout: configuration.timeoutSeconds,
    MemorySize: configuration.memorySizeMb,
    LastModified: configuration.lastModified,
    CodeSha256: configuration.codeSha256,
    Version: version,
    ...(configuration.deadLetterArn === undefined
      ? {}
      : { DeadLetterConfig: { TargetArn: configuration.deadLetterArn } }),
    ...(Object.keys(configuration.environment).length === 0
      ? {}
      : { Environment: { Variables: configuration.environment } }),
    TracingConfig: { Mode: configuration.tracingMode },
    RevisionId: configuration.revisionId,
    State: "Active",
    LastUpdateStatus: "Successful",
    PackageType: "Zip",
    Architectures: configuration.architectures,
    EphemeralStorage: { Size: configuration.ephemeralStorageMb },
    LoggingConfig: {
      LogFormat: logging.format,
      LogGroup: logging.group,
      ...(logging.applicationLevel === undefined ? {} : { ApplicationLogLevel: logging.applicationLevel }),
      ...(logging.systemLevel === undefined ? {} : { SystemLogLevel: logging.systemLevel }),
    },
    SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html */
export function mappingShape(
  { context }: FunctionParts,
  mapping: EventSourceMapping,
  state?: "Creating" | "Updating" | "Deleting",
) {
  return {
    UUID: mapping.uuid,
    EventSourceMappingArn: `arn:aws:lambda:${context.region}:${context.accountId}:event-source-mapping:${mapping.uuid}`,
    EventSourceArn: mapping.queueArn,
    FunctionArn: mapping.functionArn,
    BatchSize: mapping.batchSize,
    MaximumBatchingWindowInSeconds: mapping.batchingWindowSeconds,
    FunctionResponseTypes: mapping.reportsItemFailures ? ["ReportBatchItemFailures"] : [],
    ...(mapping.maximumConcurrency === undefined
      ? {}
      : { ScalingConfig: { MaximumConcurrency: mapping.maximumConcurrency } }),
    State: state ?? (mapping.enabled ? "Enabled" : "Disabled"),
    StateTransitionReason: "USER_INITIATED",
    LastModified: Date.parse(mapping.lastModified) / 1000,
  };
}

export function eventInvokeConfigShape(
  { store }: FunctionParts,
  name: string,
  qualifier: string,
  config: EventInvokeConfig,
) {
  return {
    FunctionArn: store.arn(name, qualifier),
    MaximumRetryAttempts: config.maximumRetryAttempts,
    MaximumEventAgeInSeconds: config.maximumEventAgeSeconds,
    DestinationConfig: {
      OnSuccess: config.onSuccess === undefined ? {} : { Destination: config.onSuccess },
      OnFailure: config.onFailure === undefined ? {} : { Destination: config.onFailure },
    },
    LastModified: Date.parse(config.lastModified) / 1000,
  };
}
