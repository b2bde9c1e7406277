import { z } from "zod";
import { AwsError } from "../../gateway/aws-error.ts";
import type { JsonOperation } from "../../gateway/json-protocol.ts";
import type { LogStore } from "../log-store.ts";
import type { LogStream } from "../log-stream.ts";
import { checked, groupName, groupNameOf, groupReference, limit, streamName } from "../validation.ts";
import { onePage } from "./paging.ts";

const one = z.object({ logGroupName: groupName, logStreamName: streamName });
const describe = z.object({
  ...groupReference,
  logStreamNamePrefix: streamName.optional(),
  orderBy: z.enum(["LogStreamName", "LastEventTime"]).optional(),
  descending: z.boolean().optional(),
  nextToken: z.string().optional(),
  limit: limit(50),
});

export function streamOperations(store: LogStore): Readonly<Record<string, JsonOperation>> {
  const arnOf = (group: string, stream: string) => `${store.arn(group)}:log-stream:${stream}`;
  return {
    async CreateLogStream(body, request) {
      const input = checked(one, body);
      request.authorize("logs:CreateLogStream", arnOf(input.logGroupName, input.logStreamName));
      store.createStream(input.logGroupName, input.logStreamName);
      return undefined;
    },
    async DeleteLogStream(body, request) {
      const input = checked(one, body);
      request.authorize("logs:DeleteLogStream", arnOf(input.logGroupName, input.logStreamName));
      store.deleteStream(input.logGroupName, input.logStreamName);
      return undefined;
    },
    async DescribeLogStreams(body, request) {
      const input = checked(describe, body);
      const group = groupNameOf(input);
      request.authorize("logs:DescribeLogStreams", `${store.arn(group)}:log-stream:*`);
      const byTime = input.orderBy === "LastEventTime";
      if (byTime && input.logStreamNamePrefix !== undefined) {
        throw new AwsError(
          "InvalidParameterException",
          "Cannot order by LastEventTime with a logStreamNamePrefix.",
        );
      }
      const streams = [...store.group(group).streams.values()]
        .filter(({ facts }) => facts.name.startsWith(input.logStreamNamePrefix ?? ""))
        .sort(byTime ? byLastEvent : byName);
      const { items, nextToken } = onePage(
        input.descending === true ? streams.toReversed() : streams,
        input,
        50,
      );
      return {
        logStreams: items.map((stream) => describeStream(stream, arnOf(group, stream.facts.name))),
        nextToken,
      };
    },
  };
}

function byName(a: LogStream, b: LogStream): number {
  return a.facts.name < b.facts.name ? -1 : 1;
}

function byLastEvent(a: LogStream, b: LogStream): number {
  return (a.facts.lastTimestamp ?? 0) - (b.facts.lastTimestamp ?? 0) || byName(a, b);
}

function describeStream({ facts }: LogStream, arn: string) {
  return {
    logStreamName: facts.name,
    creationTime: facts.createdAt,
    firstEventTimestamp: facts.firstTimestamp,
    lastEventTimestamp: facts.lastTimestamp,
    lastIngestionTime: facts.lastIngestion,
    uploadSequenceToken: facts.lastIngestion === undefined ? undefined : String(facts.lastIngestion),
    arn,
    storedBytes: 0,
  };
}
