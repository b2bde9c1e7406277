import { type ECSClient, StopTaskCommand } from "@aws-sdk/client-ecs";
import type { TaskStopper } from "#core/ports/task-launcher.ts";

/** StopTask cuts longer reasons. */
const MAX_STOP_REASON = 255;

/** Stops tasks of one cluster; by itself for those that do nothing else with them. */
export class EcsTaskStopper implements TaskStopper {
  protected readonly client: ECSClient;
  protected readonly cluster: string;

  constructor(options: { client: ECSClient; cluster: string }) {
    this.client = options.client;
    this.cluster = options.cluster;
  }

  async stop(taskArn: string, reason: string): Promise<void> {
    try {
      await this.client.send(
        new StopTaskCommand({
          cluster: this.cluster,
          task: taskArn,
          reason: reason.slice(0, MAX_STOP_REASON),
        }),
      );
    } catch (error) {
      const isGone =
        error instanceof Error &&
        error.name === "InvalidParameterException" &&
        /not found/i.test(error.message);
      if (!isGone) throw error;
    }
  }
}
