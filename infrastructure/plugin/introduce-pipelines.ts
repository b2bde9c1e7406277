import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDbPipelineStore } from "#adapters/aws/dynamodb-pipeline-store.ts";
import { pipelines } from "#pipelines";

/**
 * Writes down when each pipeline was first deployed: objects older than that are not its work. A pipeline that is known
 * already keeps its time, so every deploy may do this.
 */
export async function introducePipelines(deploy: {
  readonly region: string;
  readonly tableName: string;
  /** From before the stack changed: nothing that came in meanwhile counts as older. */
  readonly since: Date;
}): Promise<void> {
  const store = new DynamoDbPipelineStore({
    client: new DynamoDBClient({ region: deploy.region }),
    tableName: deploy.tableName,
  });
  for (const pipeline of Object.keys(pipelines)) {
    await store.introducePipeline({ pipeline, since: deploy.since.toISOString(), paused: false });
  }
}
