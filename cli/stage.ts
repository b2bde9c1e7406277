import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { OPERATOR_ENVIRONMENT } from "./deploy-local.ts";
import { runningClouds } from "./running-cloud.ts";
import { UserError } from "./user-error.ts";

/** Where a stage is to be found. */
export interface Stage {
  readonly name: string;
  /** Absent in AWS itself. */
  readonly endpoint?: string;
  readonly region: string;
}

/** The outputs of the stack that the operator's commands work with. */
export interface StageOutputs {
  readonly UploadsBucket: string;
  readonly ResultsBucket: string;
  readonly JobsTable: string;
  readonly AdminTopic: string;
  readonly Cluster: string;
  readonly EventBus: string;
  readonly IntakeQueueUrl?: string;
  readonly DispatchQueueUrl?: string;
}

/** Stacks are named after it and their stage. */
export const SERVICE = "slipway";

/**
 * The stage a command means: as named, else `local` while a local cloud runs.
 * @throws UserError where none is named and none runs
 */
export function resolveStage(options: {
  stage?: string | undefined;
  endpointUrl?: string | undefined;
}): Stage {
  const [running] = runningClouds();
  const name =
    options.stage ?? (running === undefined && options.endpointUrl === undefined ? undefined : "local");
  if (name === undefined) {
    throw new UserError(
      "No local cloud runs; start one with npm start, or name a stage in AWS with --stage.",
      2,
    );
  }
  const endpoint =
    options.endpointUrl ??
    process.env["AWS_ENDPOINT_URL"] ??
    (name === "local" ? running?.endpoint : undefined);
  if (endpoint !== undefined && !/^https?:\/\/[^/]/.test(endpoint)) {
    throw new UserError(`"${endpoint}" is no endpoint; it takes a URL, e.g. http://127.0.0.1:4566`, 2);
  }
  if (name === "local" && endpoint === undefined) {
    throw new UserError("No local cloud runs; start one with: npm start", 2);
  }
  const region =
    process.env["AWS_REGION"] ?? process.env["AWS_DEFAULT_REGION"] ?? OPERATOR_ENVIRONMENT.AWS_REGION;
  return { name, region, ...(endpoint === undefined ? {} : { endpoint }) };
}

/** What every SDK client of the stage is made with; the local cloud takes any keys, so it gets some. */
export function clientOptions(stage: Stage): {
  region: string;
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
} {
  if (stage.endpoint === undefined) return { region: stage.region };
  const local = {
    accessKeyId: OPERATOR_ENVIRONMENT.AWS_ACCESS_KEY_ID,
    secretAccessKey: OPERATOR_ENVIRONMENT.AWS_SECRET_ACCESS_KEY,
  };
  return {
    region: stage.region,
    endpoint: stage.endpoint,
    ...(stage.name === "local" ? { credentials: local } : {}),
  };
}

/** @throws UserError where the stage is not deployed */
export async function stackOutputs(stage: Stage): Promise<StageOutputs> {
  const client = new CloudFormationClient(clientOptions(stage));
  try {
    const { Stacks = [] } = await client.send(
      new DescribeStacksCommand({ StackName: `${SERVICE}-${stage.name}` }),
    );
    const outputs = (Stacks[0]?.Outputs ?? []).map(({ OutputKey = "", OutputValue = "" }) => [
      OutputKey,
      OutputValue,
    ]);
    return Object.fromEntries(outputs) as StageOutputs;
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) {
      throw new UserError(
        `Stage "${stage.name}" is not deployed; deploy it with: npx serverless deploy --stage ${stage.name}`,
      );
    }
    throw error;
  } finally {
    client.destroy();
  }
}
