import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
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
import { createLogsService } from "#local/logs/service.ts";
import { type ServiceUnderTest, startOneService } from "../support/one-service.ts";

const GROUP = "/aws/lambda/f";
const HOUR = 3_600_000;

let ahead = 0;
let cloud: ServiceUnderTest<ReturnType<typeof createLogsService>>;
let logs: CloudWatchLogsClient;

beforeEach(async () => {
  ahead = 0;
  cloud = await startOneService(createLogsService, { clock: { now: () => Date.now() + ahead } });
  logs = new CloudWatchLogsClient(cloud.client);
});

afterEach(async () => {
  logs.destroy();
  await cloud.stop();
});

async function messages(
  input: Partial<ConstructorParameters<typeof FilterLogEventsCommand>[0]> = {},
): Promise<(string | undefined)[]> {
  const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName: GROUP, ...input }));
  return (events ?? []).map(({ message }) => message);
}

/**
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
 */
describe("Log events", () => {
  test("are put into a stream that exists, in order of time, and read forwards and backwards by token", async () => {
    const put = (stream: string, times: readonly number[]) => {
      const logEvents = times.map((timestamp) => ({ timestamp, message: `at ${timestamp}` }));
      return logs.send(new PutLogEventsCommand({ logGroupName: GROUP, logStreamName: stream, logEvents }));
    };
    const now = Date.now();
    await expect(put("s", [now])).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await logs.send(new CreateLogGroupCommand({ logGroupName: GROUP }));
    await expect(put("s", [now])).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await logs.send(new CreateLogStreamCommand({ logGroupName: GROUP, logStreamName: "s" }));
    await expect(put("s", [now, now - 1])).rejects.toMatchObject({ name: "InvalidParameterException" });
    await put("s", [now - 5, now - 4, now - 3, now - 2, now - 1]);

    const get = async (input: object) => {
      const answer = await logs.send(
        new GetLogEventsCommand({ logGroupName: GROUP, logStreamName: "s", limit: 2, ...input }),
      );
      return { ...answer, times: answer.events?.map(({ timestamp }) => (timestamp ?? 0) - now) };
    };
    const head = await get({ startFromHead: true });
    expect(head.times).toEqual([-5, -4]);
    const next = await get({ nextToken: head.nextForwardToken });
    expect(next.times).toEqual([-3, -2]);
    const last = await get({ nextToken: next.nextForwardToken });
    expect(last.times).toEqual([-1]);
    const end = await get({ nextToken: last.nextForwardToken });
    expect([end.times, end.nextForwardToken]).toEqual([[], last.nextForwardToken]);
    const tail = await get({});
    expect(tail.times).toEqual([-2, -1]);
    expect((await get({ nextToken: tail.nextBackwardToken })).times).toEqual([-4, -3]);
  });

  test("that are too old or too new are told, and the others are kept", async () => {
    await logs.send(new CreateLogGroupCommand({ logGroupName: GROUP }));
    await logs.send(new CreateLogStreamCommand({ logGroupName: GROUP, logStreamName: "s" }));
    const put = (...times: number[]) => {
      const logEvents = times.map((offset) => ({ timestamp: Date.now() + offset, message: `${offset}` }));
      return logs.send(new PutLogEventsCommand({ logGroupName: GROUP, logStreamName: "s", logEvents }));
    };
    const late = await put(0, 3 * HOUR);
    expect(late.rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 1 });
    const early = await put(-14 * 24 * HOUR - HOUR, -14 * 24 * HOUR + HOUR);
    expect(early.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1 });
    expect(await messages()).toEqual([String(-14 * 24 * HOUR + HOUR), "0"]);
    await expect(put(-25 * HOUR, 0)).rejects.toMatchObject({ name: "InvalidParameterException" });
  });

  test("that services append make their group and stream, and are filtered over all streams in order of time", async () => {
    const now = Date.now();
    cloud.service.append(GROUP, "2026/11/22/[$LATEST]a", [
      { timestamp: now - 30, message: "START one" },
      { timestamp: now - 10, message: "ERROR disk full" },
    ]);
    cloud.service.append(GROUP, "b", [{ timestamp: now - 20, message: "ERROR net down" }]);
    expect(await messages()).toEqual(["START one", "ERROR net down", "ERROR disk full"]);
    expect(await messages({ filterPattern: "ERROR" })).toEqual(["ERROR net down", "ERROR disk full"]);
    expect(await messages({ filterPattern: "error" })).toEqual([]);
    expect(await messages({ filterPattern: 'ERROR "disk full"' })).toEqual(["ERROR disk full"]);
    expect(await messages({ filterPattern: "ERROR -disk" })).toEqual(["ERROR net down"]);
    expect(await messages({ filterPattern: "?START ?disk" })).toEqual(["START one", "ERROR disk full"]);
    expect(await messages({ logStreamNames: ["b"] })).toEqual(["ERROR net down"]);
    expect(await messages({ startTime: now - 20, endTime: now - 15 })).toEqual(["ERROR net down"]);
    await expect(messages({ filterPattern: "{ $.a = 1 }" })).rejects.toMatchObject({
      name: "NotImplemented",
    });
  });

  test("are paged, and keep their ids whatever is asked for", async () => {
    const now = Date.now();
    cloud.service.append(
      GROUP,
      "s",
      [0, 1, 2].map((n) => ({ timestamp: now + n, message: `m${n}` })),
    );
    const filter = (input: object) =>
      logs.send(new FilterLogEventsCommand({ logGroupName: GROUP, ...input }));
    const first = await filter({ limit: 2 });
    const second = await filter({ limit: 2, nextToken: first.nextToken });
    expect(second.events?.map(({ message }) => message)).toEqual(["m2"]);
    expect(second.nextToken).toBeUndefined();
    const later = await filter({ startTime: now + 2 });
    expect(later.events?.[0]?.eventId).toBe(second.events?.[0]?.eventId);
    expect(
      new Set([...(first.events ?? []), ...(second.events ?? [])].map(({ eventId }) => eventId)).size,
    ).toBe(3);
  });

  test("are there after a restart, and gone when their group's retention has passed or the group is deleted", async () => {
    cloud.service.append(GROUP, "s", [{ timestamp: Date.now() - 20 * HOUR, message: "old" }]);
    cloud.service.append(GROUP, "s", [{ timestamp: Date.now(), message: "new" }]);
    await logs.send(new PutRetentionPolicyCommand({ logGroupName: GROUP, retentionInDays: 1 }));
    await expect(
      logs.send(new PutRetentionPolicyCommand({ logGroupName: GROUP, retentionInDays: 2 })),
    ).rejects.toMatchObject({ name: "InvalidParameterException" });
    expect(await messages()).toEqual(["old", "new"]);
    ahead = 5 * HOUR;
    expect(await messages()).toEqual(["new"]);

    const again = createLogsService(cloud.context);
    again.append(GROUP, "s", [{ timestamp: Date.now(), message: "newer" }]);
    const reader = await startOneService(createLogsService, {
      clock: cloud.context.clock,
      dataDir: cloud.context.dataDir,
    });
    const client = new CloudWatchLogsClient(reader.client);
    const { events } = await client.send(new FilterLogEventsCommand({ logGroupName: GROUP }));
    expect(events?.map(({ message }) => message)).toEqual(["new", "newer"]);
    const { logGroups } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: "/aws/" }));
    expect(logGroups).toMatchObject([{ logGroupName: GROUP, retentionInDays: 1 }]);
    const { logStreams } = await client.send(new DescribeLogStreamsCommand({ logGroupName: GROUP }));
    expect(logStreams?.map(({ logStreamName }) => logStreamName)).toEqual(["s"]);
    await client.send(new DeleteLogGroupCommand({ logGroupName: GROUP }));
    expect((await client.send(new DescribeLogGroupsCommand({}))).logGroups).toEqual([]);
    client.destroy();
    await reader.stop();
  });
});
