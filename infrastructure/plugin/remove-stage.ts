import { ECRClient } from "@aws-sdk/client-ecr";
import { counted } from "#core/notices/mail-text.ts";
import type { Pipelines } from "#core/pipelines/pipeline.ts";
import { deleteRepository, repositoriesOf } from "../images/repositories.ts";
import { emptyBucket } from "./empty-bucket.ts";
import type { PluginTools } from "./framework.ts";
import { pausePipelines } from "./pause-pipelines.ts";
import { protectedInstances } from "./protected-instances.ts";
import type { StackOutputs } from "./stack-outputs.ts";
import { stopTasks } from "./stop-tasks.ts";

export interface StageRemoval {
  readonly stage: string;
  readonly region: string;
  readonly pipelines: Pipelines;
  /** Names of the stack's Auto Scaling groups. */
  readonly scalingGroups: readonly string[];
  /** Absent where there is no stack (any more). */
  readonly outputs: StackOutputs | undefined;
  /** Whether the stage's buckets, table and images outlive it. */
  readonly keepsData: boolean;
  readonly tools: PluginTools;
}

/**
 * Makes way for CloudFormation, which deletes no bucket with objects and no cluster with tasks: says what goes, pauses the pipelines,
 * ends the tasks, and, where the stage keeps no data, empties its buckets and deletes its repositories.
 * @returns what stays, a line each, to be told when the stack is gone
 */
export async function prepareRemoval(removal: StageRemoval): Promise<string[]> {
  const { stage, region, pipelines, outputs, keepsData, tools } = removal;
  const ecr = new ECRClient({ region });
  const repositories = await repositoriesOf(ecr, stage);
  const data = dataOf(outputs, repositories);
  if (outputs !== undefined) {
    tools.log.notice(`Removing stage ${stage}: its functions, queues, rules and alarms go.`);
    await pausePipelines(pipelines, { region, tableName: outputs.JobsTable });
    tools.log.notice("Paused its pipelines: nothing more is launched.");
    const stopped = await stopAllTasks(outputs.Cluster, region);
    if (stopped > 0) tools.log.notice(`Stopped ${counted(stopped, "task")}.`);
  }
  const warning = protectedInstances(removal.scalingGroups);
  if (warning !== undefined) tools.log.warning(warning);
  if (keepsData) return data;
  if (data.length > 0) tools.log.notice(["These go too, with all that is in them:", ...data].join("\n  "));
  for (const bucket of outputs === undefined ? [] : [outputs.UploadsBucket, outputs.ResultsBucket]) {
    const versions = await emptyBucket(bucket, region);
    tools.log.notice(`Emptied bucket ${bucket} (${counted(versions, "version")}).`);
  }
  for (const repository of repositories) await deleteRepository(ecr, repository);
  return [];
}

/** Once more, where some ran: for those that dispatch was about to launch when it was paused. */
async function stopAllTasks(cluster: string, region: string): Promise<number> {
  const stopped = await stopTasks(cluster, region);
  return stopped === 0 ? 0 : stopped + (await stopTasks(cluster, region));
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
