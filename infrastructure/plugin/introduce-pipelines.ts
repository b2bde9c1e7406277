import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDbPipelineStore } from "#adapters/aws/dynamodb-pipeline-store.ts";
import { type Pipelines, uploadsOf } from "#core/pipelines/pipeline.ts";

/**
 * Writes down when each pipeline was first deployed, or under this prefix: objects older than that are not its work. A pipeline that is
 * known already, with this prefix, keeps its time, so every deploy may do this.
 */
export async function introducePipelines(deploy: {
  readonly pipelines: Pipelines;
  readonly region: string;
  readonly tableName: string;
  /** From before the stack changed: nothing that came in meanwhile counts as older. */
  readonly since: Date;
}): Promise<void> {
  const store = new DynamoDbPipelineStore({
    client: new DynamoDBClient({ region: deploy.region }),
    tableName: deploy.tableName,
  });
  const since = deploy.since.toISOString();
  for (const pipeline of Object.values(deploy.pipelines)) {
    const { name } = pipeline;
    const { prefix } = uploadsOf(pipeline);
    await store.introducePipeline({ pipeline: name, since, paused: false, ...uploadsOf(pipeline) });
    if (prefix !== undefined) await store.notePrefix(name, { prefix, since });
  }
}
