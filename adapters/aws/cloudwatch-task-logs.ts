import {
  type CloudWatchLogsClient,
  GetLogEventsCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-cloudwatch-logs";
import type { TaskLogs } from "#core/ports/object-store.ts";

/** The awslogs driver names a stream prefix/container/task id. */
export function logStreamOf(taskArn: string): string {
  return `task/main/${taskArn.slice(taskArn.lastIndexOf("/") + 1)}`;
}

export class CloudWatchTaskLogs implements TaskLogs {
  readonly #client: CloudWatchLogsClient;
  readonly #logGroupPrefix: string;

  /** @param options.logGroupPrefix e.g. /slipway/dev/ */
  constructor(options: { client: CloudWatchLogsClient; logGroupPrefix: string }) {
    this.#client = options.client;
    this.#logGroupPrefix = options.logGroupPrefix;
  }

  async tail({ pipeline, taskArn, lines }: Parameters<TaskLogs["tail"]>[0]): Promise<readonly string[]> {
    try {
      const { events = [] } = await this.#client.send(
        new GetLogEventsCommand({
          logGroupName: `${this.#logGroupPrefix}${pipeline}`,
          logStreamName: logStreamOf(taskArn),
          limit: lines,
          startFromHead: false,
        }),
      );
      return events.map(({ message = "" }) => message);
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return [];
      throw error;
    }
  }
}
