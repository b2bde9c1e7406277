import {
  CloudWatchClient,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  PutMetricAlarmCommand,
  type Dimension,
} from "@aws-sdk/client-cloudwatch";
import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { eventually } from "#test/local/tasks/support/task-cloud.ts";
import { startWholeCloud, type CloudUnderTest } from "#test/local/support/whole-cloud.ts";

let cloud: CloudUnderTest;
let sqs: SQSClient;
let QueueUrl: string;
beforeAll(async () => {
  cloud = await startWholeCloud();
  sqs = new SQSClient(cloud.client());
  QueueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: "work" }))).QueueUrl ?? "";
  for (const MessageBody of ["a", "b", "c"])
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 3600 }));
});
afterAll(() => cloud.end());

/** Of the last minutes, once there is any. */
async function sum(Namespace: string, MetricName: string, dimension: Dimension): Promise<number> {
  const cloudwatch = new CloudWatchClient(cloud.client());
  for (;;) {
    const { Datapoints = [] } = await cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace,
        MetricName,
        Dimensions: [dimension],
        StartTime: new Date(Date.now() - 600_000),
        EndTime: new Date(Date.now() + 600_000),
        Period: 3600,
        Statistics: ["Sum"],
      }),
    );
    const [point] = Datapoints;
    if (point?.Sum !== undefined) return point.Sum;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly body: string;
}

const mails = () => cloud.cloud.control("topics", "outbox") as Promise<Mail[]>;

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
describe("a queue's metrics", () => {
  test("come once a minute, by AWS's names", async () => {
    cloud.cloud.advanceClock(120_000);
    const names = [
      "ApproximateNumberOfMessagesVisible",
      "ApproximateNumberOfMessagesNotVisible",
      "ApproximateAgeOfOldestMessage",
    ];
    const { MetricDataResults = [] } = await new CloudWatchClient(cloud.client()).send(
      new GetMetricDataCommand({
        StartTime: new Date(Date.now()),
        EndTime: new Date(Date.now() + 240_000),
        MetricDataQueries: names.map((MetricName, index) => ({
          Id: `m${index}`,
          MetricStat: {
            Metric: { Namespace: "AWS/SQS", MetricName, Dimensions: [{ Name: "QueueName", Value: "work" }] },
            Period: 60,
            Stat: "Sum",
          },
        })),
      }),
    );
    const newest = MetricDataResults.map(({ Values = [] }) => Values[0]);

    expect(newest.slice(0, 2)).toEqual([2, 1]);
    expect(newest[2]).toBeGreaterThanOrEqual(120);
  });
});

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Quotas-Visualize-Alarms.html */
describe("what Fargate uses", () => {
  test("has its quota behind it", async () => {
    await cloud.cloud.control("tasks", "settings", { quotaVcpu: { onDemand: 10, spot: 4 } });
    cloud.cloud.advanceClock(120_000);
    const Dimensions = Object.entries({
      Service: "Fargate",
      Type: "Resource",
      Resource: "vCPU",
      Class: "Standard/Spot",
    }).map(([Name, Value]) => ({ Name, Value }));
    const Metric = { Namespace: "AWS/Usage", MetricName: "ResourceCount", Dimensions };
    const { MetricDataResults = [] } = await new CloudWatchClient(cloud.client()).send(
      new GetMetricDataCommand({
        StartTime: new Date(Date.now()),
        EndTime: new Date(Date.now() + 480_000),
        MetricDataQueries: [
          { Id: "used", ReturnData: false, MetricStat: { Metric, Period: 60, Stat: "Maximum" } },
          { Id: "free", Expression: "SERVICE_QUOTA(used) - used" },
        ],
      }),
    );

    expect(MetricDataResults[0]?.Values?.[0]).toBe(4);
  });
});

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html */
describe("a rule's metrics", () => {
  test("tell what its targets took and what they did not", async () => {
    const events = new EventBridgeClient(cloud.client());
    const EventPattern = JSON.stringify({ source: ["toy"] });
    await events.send(new PutRuleCommand({ Name: "toy", EventPattern }));
    const Targets = [{ Id: "queue", Arn: "arn:aws:sqs:us-east-1:000000000000:work" }];
    await events.send(new PutTargetsCommand({ Rule: "toy", Targets }));
    await events.send(new PutEventsCommand({ Entries: [{ Source: "toy", DetailType: "t", Detail: "{}" }] }));
    // The queue has no policy that lets the rule in.
    const failed = await sum("AWS/Events", "FailedInvocations", { Name: "RuleName", Value: "toy" });

    expect(failed).toBe(1);
  });
});

describe("an alarm on them", () => {
  test("mails its topic's subscribers when it rings, and when all is well again", async () => {
    const sns = new SNSClient(cloud.client());
    const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: "admins" }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: "email", Endpoint: "ops@example.com" }));
    await new CloudWatchClient(cloud.client()).send(
      new PutMetricAlarmCommand({
        AlarmName: "work-waits",
        Namespace: "AWS/SQS",
        MetricName: "ApproximateNumberOfMessagesVisible",
        Dimensions: [{ Name: "QueueName", Value: "work" }],
        Statistic: "Maximum",
        Period: 60,
        EvaluationPeriods: 2,
        Threshold: 1,
        ComparisonOperator: "GreaterThanOrEqualToThreshold",
        AlarmActions: [TopicArn],
        OKActions: [TopicArn],
      }),
    );
    const mailed = async (subject: string): Promise<Mail> => {
      let found: Mail | undefined;
      const look = async () => (found = (await mails()).find((mail) => mail.subject.startsWith(subject)));
      return eventually(
        () => {
          void look();
          return found;
        },
        `mail ${subject}`,
        () => cloud.reported,
      );
    };
    cloud.cloud.advanceClock(120_000);
    const ringing = await mailed('ALARM: "work-waits"');
    await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 3600 }));
    cloud.cloud.advanceClock(120_000);
    const well = await mailed('OK: "work-waits"');

    expect(ringing).toMatchObject({
      to: "ops@example.com",
      subject: 'ALARM: "work-waits" in US East (N. Virginia)',
      body: expect.stringContaining('"NewStateValue":"ALARM"'),
    });
    expect(JSON.parse(well.body)).toMatchObject({ OldStateValue: "ALARM", NewStateValue: "OK" });
  });
});
