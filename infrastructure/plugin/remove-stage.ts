import { ECRClient } from "@aws-sdk/client-ecr";
import { deleteRepository, repositoriesOf } from "../images/repositories.ts";
import { emptyBucket } from "./empty-bucket.ts";
import type { PluginTools } from "./framework.ts";
import type { StackOutputs } from "./stack-outputs.ts";
import { stopTasks } from "./stop-tasks.ts";

export interface StageRemoval {
  readonly stage: string;
  readonly region: string;
  /** Absent where there is no stack (any more). */
  readonly outputs: StackOutputs | undefined;
  /** Whether the stage's buckets, table and images outlive it. */
  readonly keepsData: boolean;
  readonly tools: PluginTools;
}

/**
 * Makes way for CloudFormation, which deletes no bucket with objects and no cluster with tasks: says what goes, ends the tasks,
 * and, where the stage keeps no data, empties its buckets and deletes its repositories.
 * @returns what stays, a line each, to be told when the stack is gone
 */
export async function prepareRemoval(removal: StageRemoval): Promise<string[]> {
  const { stage, region, outputs, keepsData, tools } = removal;
  const ecr = new ECRClient({ region });
  const repositories = await repositoriesOf(ecr, stage);
  const data = dataOf(outputs, repositories);
  if (outputs !== undefined) {
    tools.log.notice(`Removing stage ${stage}: its functions, queues, rules and alarms go.`);
    const stopped = await stopTasks(outputs.Cluster, region);
    if (stopped > 0) tools.log.notice(`Stopped ${stopped} ${stopped === 1 ? "task" : "tasks"}.`);
  }
  if (keepsData) return data;
  if (data.length > 0) tools.log.notice(["These go too, with all that is in them:", ...data].join("\n  "));
  for (const bucket of outputs === undefined ? [] : [outputs.UploadsBucket, outputs.ResultsBucket]) {
    const versions = await emptyBucket(bucket, region);
    tools.log.notice(`Emptied bucket ${bucket} (${versions} versions).`);
  }
  for (const repository of repositories) await deleteRepository(ecr, repository);
  return [];
}

function dataOf(outputs: StackOutputs | undefined, repositories: readonly string[]): string[] {
  return [
    ...(outputs === undefined
      ? []
      : [
          `bucket ${outputs.UploadsBucket} (uploads)`,
          `bucket ${outputs.ResultsBucket} (results)`,
          `table ${outputs.JobsTable} (jobs)`,
        ]),
    ...repositories.map((repository) => `image repository ${repository}`),
  ];
}
