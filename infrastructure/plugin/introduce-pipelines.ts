import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDbPipelineStore } from "#adapters/aws/dynamodb-pipeline-store.ts";
import { type Pipelines, uploadsOf } from "#core/pipelines/pipeline.ts";
import type { PipelineState } from "#core/ports/pipeline-store.ts";
import { noteUploads } from "#flow/note-uploads.ts";
import { stackOutputsIfAny } from "./stack-outputs.ts";

interface Deploy {
  readonly pipelines: Pipelines;
  readonly region: string;
  /** From before the stack changed: nothing that came in meanwhile counts as older. */
  readonly since: Date;
}

/**
 * Writes down when each pipeline was first deployed, or under this prefix: objects older than that are not its work. A pipeline that is
 * known already, with this prefix, keeps its time, so every deploy may do this.
 */
export async function introducePipelines(deploy: Deploy & { readonly tableName: string }): Promise<void> {
  const store = storeOf(deploy);
  await introduceNew(deploy, store, {});
  const now = new Date();
  for (const pipeline of Object.values(deploy.pipelines))
    await noteUploads(pipeline, { since: deploy.since, now }, store);
}

/**
 * The same of new pipelines, before the stack changes: sweep, should it meet one first, gives it an hour's slack, which on a standing
 * stage makes work of old files. A deploy that fails leaves them pending, and the next one's beginning counts. What is known stays, for the stage works by it until it has changed. Only a first deploy has no table.
 * @returns why it could not be done, where it could not: the deploy may go on, since its end does it again
 */
export async function introduceBeforehand(
  deploy: Deploy & { readonly stackName: string },
): Promise<string | undefined> {
  try {
    const outputs = await stackOutputsIfAny(deploy.stackName, deploy.region);
    if (outputs === undefined) return undefined;
    await introduceNew(deploy, storeOf({ ...deploy, tableName: outputs.JobsTable }), { pending: true });
    return undefined;
  } catch (error) {
    return `New pipelines could not be written down before the deploy, so that files of the hour before it may become their work: ${String(error)}`;
  }
}

/** Their names first: what came in for one that a later deploy has removed is told of by that, also where no sweep saw it. */
async function introduceNew(
  { pipelines, since }: Deploy,
  store: DynamoDbPipelineStore,
  mark: Pick<PipelineState, "pending">,
): Promise<void> {
  await store.noteKnownPipelines(Object.fromEntries(Object.keys(pipelines).map((name) => [name, ""])));
  for (const pipeline of Object.values(pipelines)) {
    await store.introducePipeline({
      pipeline: pipeline.name,
      since: since.toISOString(),
      paused: false,
      uploads: uploadsOf(pipeline),
      ...mark,
    });
  }
}

function storeOf({ region, tableName }: { region: string; tableName: string }): DynamoDbPipelineStore {
  return new DynamoDbPipelineStore({ client: new DynamoDBClient({ region }), tableName });
}
