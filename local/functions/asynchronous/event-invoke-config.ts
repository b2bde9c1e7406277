import { AwsError } from "../../gateway/aws-error.ts";
import type { EventInvokeConfig, FunctionConfiguration } from "../function-record.ts";
import { integer, invalidParameter, section, text, type Input } from "../input.ts";
import type { FunctionParts } from "../parts.ts";
import { DEFAULT_MAXIMUM_AGE_SECONDS, DEFAULT_MAXIMUM_RETRIES } from "./async-invocations.ts";

/** https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html */
const LIMITS = {
  MaximumRetryAttempts: { min: 0, max: 2 },
  MaximumEventAgeInSeconds: { min: 60, max: 21_600 },
};

/** What the function's role must be allowed for a destination, by the service in its ARN. */
const DESTINATION_ACTIONS: Readonly<Record<string, string>> = {
  sqs: "sqs:SendMessage",
  sns: "sns:Publish",
  lambda: "lambda:InvokeFunction",
  events: "events:PutEvents",
};

/** Sets how asynchronous invocations of a qualifier are retried. @throws AwsError InvalidParameterValueException */
export function putEventInvokeConfig(
  parts: FunctionParts,
  name: string,
  qualifier: string,
  input: Input,
  present?: EventInvokeConfig,
): EventInvokeConfig {
  const { record, configuration } = parts.store.resolve({ name, qualifier });
  const destinations = section(input, "DestinationConfig");
  const onSuccess = destination(parts, configuration, destinations, "OnSuccess") ?? present?.onSuccess;
  const onFailure = destination(parts, configuration, destinations, "OnFailure") ?? present?.onFailure;
  const config: EventInvokeConfig = {
    maximumRetryAttempts:
      integer(input, "MaximumRetryAttempts", LIMITS.MaximumRetryAttempts) ??
      present?.maximumRetryAttempts ??
      DEFAULT_MAXIMUM_RETRIES,
    maximumEventAgeSeconds:
      integer(input, "MaximumEventAgeInSeconds", LIMITS.MaximumEventAgeInSeconds) ??
      present?.maximumEventAgeSeconds ??
      DEFAULT_MAXIMUM_AGE_SECONDS,
    lastModified: new Date(parts.context.clock.now()).toISOString(),
    ...(onSuccess === undefined ? {} : { onSuccess }),
    ...(onFailure === undefined ? {} : { onFailure }),
  };
  parts.store.put({ ...record, eventInvokeConfigs: { ...record.eventInvokeConfigs, [qualifier]: config } });
  return config;
}

/** @throws AwsError ResourceNotFoundException */
export function getEventInvokeConfig(
  parts: FunctionParts,
  name: string,
  qualifier: string,
): EventInvokeConfig {
  const { record, arn } = parts.store.resolve({ name, qualifier });
  const config = record.eventInvokeConfigs[qualifier];
  if (config !== undefined) return config;
  throw new AwsError(
    "ResourceNotFoundException",
    `The function ${arn} doesn't have an EventInvokeConfig`,
    404,
    { Type: "User" },
  );
}

/** @throws AwsError ResourceNotFoundException */
export function deleteEventInvokeConfig(parts: FunctionParts, name: string, qualifier: string): void {
  getEventInvokeConfig(parts, name, qualifier);
  const record = parts.store.get(name);
  const { [qualifier]: _, ...eventInvokeConfigs } = record.eventInvokeConfigs;
  parts.store.put({ ...record, eventInvokeConfigs });
}

function destination(
  { context }: FunctionParts,
  { role }: FunctionConfiguration,
  destinations: Input | undefined,
  side: "OnSuccess" | "OnFailure",
): string | undefined {
  const chosen = destinations === undefined ? undefined : section(destinations, side);
  const arn = chosen === undefined ? undefined : text(chosen, "Destination");
  if (arn === undefined || arn === "") return undefined;
  const action = DESTINATION_ACTIONS[arn.split(":")[2] ?? ""];
  if (action === undefined)
    throw invalidParameter(`The provided destination config DestinationConfig is invalid: ${arn}`);
  if (context.identity.roleAllowed(role, action, arn)) return arn;
  throw invalidParameter(
    `The function's execution role ${role} does not have permissions to call ${action.split(":")[1]} on ${arn}`,
  );
}
