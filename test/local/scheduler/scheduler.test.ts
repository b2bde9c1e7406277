import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
} from "@aws-sdk/client-cloudformation";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from "@aws-sdk/client-scheduler";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type CloudUnderTest, startWholeCloud } from "#test/local/support/whole-cloud.ts";

const HOUR = 3_600_000;
const queueArn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;

let cloud: CloudUnderTest;
let scheduler: SchedulerClient;
let sqs: SQSClient;
let role: string;

beforeAll(async () => {
  cloud = await startWholeCloud();
  scheduler = new SchedulerClient(cloud.client());
  sqs = new SQSClient(cloud.client());
  role = await roleFor("scheduler", "scheduler.amazonaws.com", ["sqs:SendMessage", "events:PutEvents"]);
});
afterAll(() => cloud.end());

async function roleFor(
  RoleName: string,
  service: string,
  actions: readonly string[],
  Condition: object = {},
): Promise<string> {
  const iam = new IAMClient(cloud.client());
  const trust = {
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole", Condition }],
  };
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  const policy = { Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }] };
  await iam.send(
    new PutRolePolicyCommand({ RoleName, PolicyName: "may", PolicyDocument: JSON.stringify(policy) }),
  );
  return Role?.Arn ?? "";
}

const queue = async (QueueName: string) =>
  (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? "";
const receive = async (QueueUrl: string) =>
  (
    await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        WaitTimeSeconds: 5,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ["All"],
      }),
    )
  ).Messages ?? [];

function schedule(Name: string, more: Partial<CreateScheduleCommandInput> = {}): CreateScheduleCommandInput {
  return {
    Name,
    ScheduleExpression: "rate(1 hour)",
    FlexibleTimeWindow: { Mode: "OFF" },
    Target: { Arn: queueArn("none"), RoleArn: role },
    ...more,
  };
}
const create = (Name: string, more: Partial<CreateScheduleCommandInput> = {}) =>
  scheduler.send(new CreateScheduleCommand(schedule(Name, more)));

/**
 * https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html
 */
describe("a schedule", () => {
  test("puts what it is told into a queue, with the placeholders filled in, at its time", async () => {
    const url = await queue("timely");
    const startDate = new Date(Math.ceil(Date.now() / HOUR) * HOUR + HOUR);
    const Input =
      '{"arn":"<aws.scheduler.schedule-arn>","at":"<aws.scheduler.scheduled-time>","attempt":<aws.scheduler.attempt-number>}';
    const { ScheduleArn } = await create("timely", {
      StartDate: startDate,
      Target: { Arn: queueArn("timely"), RoleArn: role, Input },
    });

    cloud.cloud.advanceClock(3 * HOUR - (Date.now() % HOUR));

    const bodies = (await receive(url)).map(({ Body }) => JSON.parse(Body ?? "") as { at: string });
    expect(bodies[0]).toEqual({
      arn: ScheduleArn,
      at: startDate.toISOString().replace(".000", ""),
      attempt: 1,
    });
    await scheduler.send(new DeleteScheduleCommand({ Name: "timely" }));
  });

  test("without an input sends Scheduler's own event", async () => {
    const url = await queue("plain");
    const { ScheduleArn } = await create("plain", {
      ScheduleExpression: "cron(0 0 1 1 ? 2190)",
      Target: { Arn: queueArn("plain"), RoleArn: role },
    });

    await cloud.cloud.control("scheduler", "fire", { name: "plain" });

    const [message] = await receive(url);
    expect(JSON.parse(message?.Body ?? "")).toMatchObject({
      source: "aws.scheduler",
      "detail-type": "Scheduled Event",
      resources: [ScheduleArn],
      detail: "{}",
    });
  });

  test("that comes once deletes itself where it is told to", async () => {
    const url = await queue("once");
    await create("once", {
      ScheduleExpression: "at(2020-01-01T00:00:00)",
      ScheduleExpressionTimezone: "Europe/Berlin",
      ActionAfterCompletion: "DELETE",
      Target: { Arn: queueArn("once"), RoleArn: role, Input: "now" },
    });
    expect((await scheduler.send(new GetScheduleCommand({ Name: "once" }))).State).toBe("ENABLED");
    const soon = new Date((await now()) + 5000).toISOString().slice(0, 19);
    await scheduler.send(
      new UpdateScheduleCommand({
        ...schedule("once"),
        ScheduleExpression: `at(${soon})`,
        ActionAfterCompletion: "DELETE",
        Target: { Arn: queueArn("once"), RoleArn: role, Input: "now" },
      }),
    );

    cloud.cloud.advanceClock(10_000);

    expect((await receive(url)).map(({ Body }) => Body)).toEqual(["now"]);
    await expect(scheduler.send(new GetScheduleCommand({ Name: "once" }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Schedule once does not exist.",
    });
  });

  test("puts events on the default bus", async () => {
    const url = await queue("from-bus");
    const events = new EventBridgeClient(cloud.client());
    const rules = await roleFor("rules", "events.amazonaws.com", ["sqs:SendMessage"]);
    await events.send(new PutRuleCommand({ Name: "r", EventPattern: '{"source":["mine"]}' }));
    await events.send(
      new PutTargetsCommand({ Rule: "r", Targets: [{ Id: "1", Arn: queueArn("from-bus"), RoleArn: rules }] }),
    );
    await create("bus", {
      Target: {
        Arn: "arn:aws:events:us-east-1:000000000000:event-bus/default",
        RoleArn: role,
        Input: '{"a":1}',
        EventBridgeParameters: { Source: "mine", DetailType: "Tick" },
      },
    });

    await cloud.cloud.control("scheduler", "fire", { name: "bus" });

    const [message] = await receive(url);
    expect(JSON.parse(message?.Body ?? "")).toMatchObject({
      source: "mine",
      "detail-type": "Tick",
      detail: { a: 1 },
    });
  });

  test("whose role lacks the permission goes to the dead-letter queue at once, and says why", async () => {
    const dead = await queue("dead");
    await queue("target");
    const poor = await roleFor("poor", "scheduler.amazonaws.com", ["events:PutEvents"]);
    await expect(cloud.cloud.control("scheduler", "fire", { name: "denied" })).rejects.toThrow(
      "does not exist",
    );
    const iam = new IAMClient(cloud.client());
    const onlyDead = {
      Statement: [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: queueArn("dead") }],
    };
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: "poor",
        PolicyName: "dead",
        PolicyDocument: JSON.stringify(onlyDead),
      }),
    );
    await create("denied", {
      Target: {
        Arn: queueArn("target"),
        RoleArn: poor,
        Input: "lost",
        DeadLetterConfig: { Arn: queueArn("dead") },
      },
    });

    await cloud.cloud.control("scheduler", "fire", { name: "denied" });

    const [message] = await receive(dead);
    expect(message?.Body).toBe("lost");
    expect(message?.MessageAttributes).toMatchObject({
      ERROR_CODE: { StringValue: "NO_PERMISSIONS" },
      ERROR_MESSAGE: { StringValue: `${poor} is not allowed sqs:SendMessage on ${queueArn("target")}.` },
      TARGET_ARN: { StringValue: queueArn("target") },
      RETRY_ATTEMPTS: { StringValue: "0" },
    });
  });

  test.each([
    [
      "an expression that is none",
      { ScheduleExpression: "rate(1 hours)" },
      "Invalid Schedule Expression rate(1 hours).",
    ],
    [
      "a time zone that is none",
      { ScheduleExpressionTimezone: "Europe/Atlantis" },
      "Invalid Schedule Expression Timezone Europe/Atlantis.",
    ],
    [
      "a role that is missing",
      { Target: { Arn: queueArn("q"), RoleArn: "arn:aws:iam::000000000000:role/missing" } },
      "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
    ],
  ])("with %s is refused", async (_, more, message) => {
    await expect(create("refused", more)).rejects.toMatchObject({ name: "ValidationException", message });
  });

  test("may take a role that trusts the schedules of its group only, and not one of another group", async () => {
    const groupArn = "arn:aws:scheduler:us-east-1:000000000000:schedule-group/default";
    const conditions = { "aws:SourceAccount": "000000000000", "aws:SourceArn": groupArn };
    const RoleArn = await roleFor("of-one-group", "scheduler.amazonaws.com", ["sqs:SendMessage"], {
      StringEquals: conditions,
    });
    const Target = { Arn: queueArn("q"), RoleArn };
    await scheduler.send(new CreateScheduleGroupCommand({ Name: "another" }));

    await expect(create("in-another-group", { GroupName: "another", Target })).rejects.toMatchObject({
      name: "ValidationException",
    });
    await create("in-the-group", { Target });
    await scheduler.send(new DeleteScheduleCommand({ Name: "in-the-group" }));
    await scheduler.send(new DeleteScheduleGroupCommand({ Name: "another" }));
  });

  test("has a name of its own in its group, and is kept over a restart", async () => {
    await scheduler.send(new CreateScheduleGroupCommand({ Name: "team" }));
    await create("same", { GroupName: "team", Description: "kept" });
    await create("same");
    await expect(create("same")).rejects.toMatchObject({
      name: "ConflictException",
      message: "Schedule same already exists.",
    });
    await expect(create("same", { GroupName: "none" })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });

    await cloud.restart();
    scheduler = new SchedulerClient(cloud.client());
    sqs = new SQSClient(cloud.client());

    expect(await scheduler.send(new GetScheduleCommand({ Name: "same", GroupName: "team" }))).toMatchObject({
      Arn: "arn:aws:scheduler:us-east-1:000000000000:schedule/team/same",
      Description: "kept",
      ScheduleExpression: "rate(1 hour)",
      ScheduleExpressionTimezone: "UTC",
      Target: { RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 } },
    });
    const { Schedules = [] } = await scheduler.send(new ListSchedulesCommand({ GroupName: "team" }));
    expect(Schedules.map(({ Name }) => Name)).toEqual(["same"]);
    await scheduler.send(new DeleteScheduleGroupCommand({ Name: "team" }));
    const { ScheduleGroups = [] } = await scheduler.send(new ListScheduleGroupsCommand({}));
    expect(ScheduleGroups.map(({ Name }) => Name)).toEqual(["default"]);
  });

  test("may come out of a template", async () => {
    const cfn = new CloudFormationClient(cloud.client());
    const url = await queue("templated");
    const template = {
      Resources: {
        Group: { Type: "AWS::Scheduler::ScheduleGroup", Properties: { Name: "stack" } },
        Tick: {
          Type: "AWS::Scheduler::Schedule",
          Properties: {
            Name: "tick",
            GroupName: { Ref: "Group" },
            ScheduleExpression: "rate(1 hour)",
            FlexibleTimeWindow: { Mode: "OFF" },
            Target: { Arn: queueArn("templated"), RoleArn: role, Input: "tick" },
          },
        },
      },
    };
    await cfn.send(new CreateStackCommand({ StackName: "s", TemplateBody: JSON.stringify(template) }));
    const soon = { client: cfn, maxWaitTime: 20, minDelay: 0.05, maxDelay: 0.1 };
    await waitUntilStackCreateComplete(soon, { StackName: "s" });

    await cloud.cloud.control("scheduler", "fire", { name: "tick", group: "stack" });
    expect((await receive(url)).map(({ Body }) => Body)).toContain("tick");

    await cfn.send(new DeleteStackCommand({ StackName: "s" }));
    await waitUntilStackDeleteComplete(soon, { StackName: "s" });
    await expect(
      scheduler.send(new GetScheduleCommand({ Name: "tick", GroupName: "stack" })),
    ).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});

/** The cloud's clock, which the tests move. */
async function now(): Promise<number> {
  const { now: text } = (await cloud.cloud.control("clock", "advance", { milliseconds: 0 })) as {
    now: string;
  };
  return Date.parse(text);
}
