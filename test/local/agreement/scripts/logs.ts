import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import type { Script } from "../script.ts";

const logGroupName = "/agreement/group";
const logStreamName = "stream";

export const logsScript: Script = {
  service: "Logs",
  steps(settings) {
    const logs = new CloudWatchLogsClient(settings);
    const now = Date.now();
    const put = (messages: readonly string[], more: object = {}) =>
      logs
        .send(
          new PutLogEventsCommand({
            logGroupName,
            logStreamName,
            logEvents: messages.map((message, index) => ({ message, timestamp: now + index })),
            ...more,
          }),
        )
        .then(({ rejectedLogEventsInfo }) => rejectedLogEventsInfo);
    const filter = (more: object) =>
      logs
        .send(new FilterLogEventsCommand({ logGroupName, ...more }))
        .then(({ events }) => events?.map(({ message, logStreamName: stream }) => ({ message, stream })));
    return [
      [
        "a stream without its group",
        () => logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName })),
      ],
      ["create a group", () => logs.send(new CreateLogGroupCommand({ logGroupName })).then(() => undefined)],
      ["create it again", () => logs.send(new CreateLogGroupCommand({ logGroupName }))],
      [
        "create a stream",
        () => logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName })).then(() => undefined),
      ],
      [
        "create the stream again",
        () => logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName })),
      ],
      [
        "keep for 7 days",
        () =>
          logs
            .send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 7 }))
            .then(() => undefined),
      ],
      [
        "describe groups",
        async () =>
          (
            await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: "/agreement" }))
          ).logGroups?.map(({ logGroupName: name, arn, retentionInDays }) => ({
            name,
            arn,
            retentionInDays,
          })),
      ],
      ["put", () => put(["ERROR one", '{"level":"INFO","n":2}', "three"])],
      [
        "put out of order",
        () =>
          put([], {
            logEvents: [
              { message: "b", timestamp: now + 1 },
              { message: "a", timestamp: now },
            ],
          }),
      ],
      ["put into no stream", () => put(["x"], { logStreamName: "none" })],
      [
        "get",
        async () =>
          (
            await logs.send(new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true }))
          ).events?.map(({ message }) => message),
      ],
      [
        "get the last",
        async () =>
          (await logs.send(new GetLogEventsCommand({ logGroupName, logStreamName, limit: 1 }))).events?.map(
            ({ message }) => message,
          ),
      ],
      [
        "get from no stream",
        () => logs.send(new GetLogEventsCommand({ logGroupName, logStreamName: "none" })),
      ],
      ["filter by a word", () => filter({ filterPattern: "ERROR" })],
      ["filter by an absent word", () => filter({ filterPattern: "-ERROR" })],
      ["filter by a member", () => filter({ filterPattern: '{ $.level = "INFO" }' })],
      ["filter by stream", () => filter({ logStreamNamePrefix: "str", filterPattern: "three" })],
      [
        "describe streams",
        async () =>
          (await logs.send(new DescribeLogStreamsCommand({ logGroupName }))).logStreams?.map(
            ({ logStreamName: name, arn }) => ({ name, arn }),
          ),
      ],
      ["a bad name", () => logs.send(new CreateLogGroupCommand({ logGroupName: "not a name" }))],
      [
        "keep for 8 days",
        () => logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 8 })),
      ],
      [
        "put too old and too new",
        () =>
          put([], {
            logEvents: [
              { message: "old", timestamp: now - 15 * 86_400_000 },
              { message: "now", timestamp: now },
              { message: "new", timestamp: now + 3 * 3_600_000 },
            ],
          }),
      ],
      ["delete", () => logs.send(new DeleteLogGroupCommand({ logGroupName })).then(() => undefined)],
      ["delete it again", () => logs.send(new DeleteLogGroupCommand({ logGroupName }))],
    ];
  },
};
