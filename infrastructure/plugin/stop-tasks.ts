import {
  ECSClient,
  paginateListTasks,
  StopTaskCommand,
  waitUntilTasksStopped,
  type DesiredStatus,
} from "@aws-sdk/client-ecs";

/** DescribeTasks, by which the waiter asks, takes no more. */
const TASKS_PER_CALL = 100;
/** The longest stop timeout of Fargate, and time to tear down. */
const MAX_WAIT_SECONDS = 300;

/** Ends what runs: CloudFormation deletes no cluster with tasks in it, and no subnet with their addresses. @returns how many */
export async function stopTasks(cluster: string, region: string): Promise<number> {
  const client = new ECSClient({ region });
  const desiredStatus: DesiredStatus = "RUNNING";
  const tasks: string[] = [];
  for await (const { taskArns = [] } of paginateListTasks({ client }, { cluster, desiredStatus }))
    tasks.push(...taskArns);
  for (const task of tasks)
    await client.send(new StopTaskCommand({ cluster, task, reason: "The stage is being removed" }));
  for (let from = 0; from < tasks.length; from += TASKS_PER_CALL) {
    await waitUntilTasksStopped(
      { client, maxWaitTime: MAX_WAIT_SECONDS, minDelay: 1, maxDelay: 6 },
      { cluster, tasks: tasks.slice(from, from + TASKS_PER_CALL) },
    );
  }
  return tasks.length;
}
