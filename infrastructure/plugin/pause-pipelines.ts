import { DynamoDBClient, ResourceNotFoundException } from "@aws-sdk/client-dynamodb";
import { DynamoDbPipelineStore } from "#adapters/aws/dynamodb-pipeline-store.ts";
import type { Pipelines } from "#core/pipelines/pipeline.ts";

/** Has dispatch launch nothing more. A table that is gone already, from a removal that was broken off, has nothing to launch from. */
export async function pausePipelines(
  pipelines: Pipelines,
  stack: { readonly region: string; readonly tableName: string },
): Promise<void> {
  const client = new DynamoDBClient({ region: stack.region });
  const store = new DynamoDbPipelineStore({ client, tableName: stack.tableName });
  try {
    for (const pipeline of Object.keys(pipelines)) {
      // Only what is known can be paused, and a deploy that failed has made nothing known.
      await store.introducePipeline({ pipeline, since: new Date().toISOString(), paused: true });
      await store.setPaused(pipeline, true);
    }
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
}
