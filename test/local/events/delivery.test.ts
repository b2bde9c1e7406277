import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import {
  CreateEventBusCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  type Target,
} from "@aws-sdk/client-eventbridge";
import { AwsError } from "#local/gateway/aws-error.ts";
import { type BusUnderTest, startBus } from "./support/bus.ts";
import { eventually, OPEN } from "./support/neighbours.ts";

const RULE = "arn:aws:events:us-east-1:000000000000:rule/r";
const FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f";
const TOPIC = "arn:aws:sns:us-east-1:000000000000:t";
const CLUSTER = "arn:aws:ecs:us-east-1:000000000000:cluster/c";
const TASK = "arn:aws:ecs:us-east-1:000000000000:task-definition/t:1";

let bus: BusUnderTest;
let neighbours: BusUnderTest["neighbours"];
let cloud: BusUnderTest["cloud"];
let events: BusUnderTest["events"];
let deadLetters: string;

beforeEach(async () => {
  bus = await startBus();
  ({ neighbours, cloud, events, queue: deadLetters } = bus);
});

afterEach(() => bus.stop());

async function deliver(target: Omit<Target, "Id">, detail: object = { a: 1 }): Promise<void> {
  await events.send(new PutRuleCommand({ Name: "r", EventPattern: '{"source":["s"]}' }));
  await events.send(new PutTargetsCommand({ Rule: "r", Targets: [{ Id: "t", ...target }] }));
  await events.send(
    new PutEventsCommand({ Entries: [{ Source: "s", DetailType: "d", Detail: JSON.stringify(detail) }] }),
  );
}

const throttled = () => new AwsError("ThrottlingException", "Rate exceeded");

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html */
describe("A target", () => {
  test("that is a function is invoked in the name of the rule", async () => {
    await deliver({ Arn: FUNCTION });
    const invocation = await eventually(() => neighbours.invocations[0]);
    expect(invocation).toMatchObject({
      functionArn: FUNCTION,
      payload: { source: "s", detail: { a: 1 } },
      caller: { service: "events.amazonaws.com", sourceArn: RULE },
    });
  });

  test("that is a topic gets the event as message", async () => {
    await deliver({ Arn: TOPIC });
    const { topicArn, body, caller } = await eventually(() => neighbours.published[0]);
    expect([topicArn, JSON.parse(body)]).toMatchObject([TOPIC, { detail: { a: 1 } }]);
    expect(caller).toEqual({ service: "events.amazonaws.com", sourceArn: RULE });
  });

  test("that is a cluster runs a task, with the input as its overrides", async () => {
    await deliver({
      Arn: CLUSTER,
      RoleArn: "arn:aws:iam::000000000000:role/events",
      Input: '{"containerOverrides":[{"name":"main","command":["x"]}]}',
      EcsParameters: {
        TaskDefinitionArn: TASK,
        TaskCount: 2,
        LaunchType: "FARGATE",
        NetworkConfiguration: { awsvpcConfiguration: { Subnets: ["subnet-1"], AssignPublicIp: "ENABLED" } },
        Tags: [{ Key: "k", Value: "v" }],
      },
    });
    expect(await eventually(() => neighbours.tasks[0])).toEqual({
      cluster: CLUSTER,
      taskDefinition: TASK,
      count: 2,
      startedBy: "events-rule/r",
      launchType: "FARGATE",
      networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"], assignPublicIp: "ENABLED" } },
      overrides: { containerOverrides: [{ name: "main", command: ["x"] }] },
      tags: [{ key: "k", value: "v" }],
    });
  });

  test("that is a cluster is passed nothing of the event unless the rule says what", async () => {
    const EcsParameters = { TaskDefinitionArn: TASK };
    await deliver({ Arn: CLUSTER, RoleArn: "arn:aws:iam::000000000000:role/events", EcsParameters });
    expect(await eventually(() => neighbours.tasks[0])).not.toHaveProperty("overrides");
  });

  test("that is a FIFO queue gets the message group of the rule", async () => {
    const fifo = neighbours.addQueue("in.fifo", OPEN);
    await deliver({ Arn: fifo, SqsParameters: { MessageGroupId: "g" } });
    expect(await eventually(() => neighbours.messages(fifo)[0])).toMatchObject({ groupId: "g" });
  });

  test("that is another bus has the same event met by that bus's rules", async () => {
    const queue = neighbours.addQueue("far", OPEN);
    const { EventBusArn } = await events.send(new CreateEventBusCommand({ Name: "far" }));
    await events.send(
      new PutRuleCommand({ Name: "far", EventBusName: "far", EventPattern: '{"detail":{"a":[1]}}' }),
    );
    await events.send(
      new PutTargetsCommand({ Rule: "far", EventBusName: "far", Targets: [{ Id: "q", Arn: queue }] }),
    );
    await deliver({ Arn: EventBusArn });
    await eventually(() => neighbours.messages(queue).length === 1);
    expect(neighbours.bodies(queue)).toMatchObject([{ source: "s", detail: { a: 1 } }]);
  });
});

/**
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
describe("A delivery that fails", () => {
  test("is tried again when the target is throttled, and succeeds once", async () => {
    const queue = neighbours.addQueue("in", OPEN);
    neighbours.failures.push(
      throttled(),
      new Error("socket hang up"),
      new AwsError("InternalFailure", "no", 500),
    );
    await deliver({ Arn: queue, DeadLetterConfig: { Arn: deadLetters } });
    await eventually(() => neighbours.messages(queue).length === 1);
    expect(neighbours.messages(deadLetters)).toEqual([]);
  });

  test("goes to the dead-letter queue when its attempts are used up, with the reason as attributes", async () => {
    neighbours.failures.push(throttled(), throttled());
    await deliver({
      Arn: FUNCTION,
      DeadLetterConfig: { Arn: deadLetters },
      RetryPolicy: { MaximumRetryAttempts: 1 },
    });
    const letter = await eventually(() => neighbours.messages(deadLetters)[0]);
    const attributes = Object.entries(letter.attributes ?? {}).map(([name, { stringValue }]) => [
      name,
      stringValue,
    ]);
    expect(Object.fromEntries(attributes)).toEqual({
      RULE_ARN: RULE,
      TARGET_ARN: FUNCTION,
      ERROR_CODE: "THROTTLING",
      ERROR_MESSAGE: "Rate exceeded",
      RETRY_ATTEMPTS: "1",
      EXHAUSTED_RETRY_CONDITION: "MaximumRetryAttempts",
    });
    expect(JSON.parse(letter.body)).toMatchObject({ source: "s", detail: { a: 1 } });
  });

  test("goes to the dead-letter queue when the event is too old for another attempt", async () => {
    neighbours.failures.push(throttled(), throttled());
    const RetryPolicy = { MaximumEventAgeInSeconds: 60 };
    await deliver({ Arn: FUNCTION, DeadLetterConfig: { Arn: deadLetters }, RetryPolicy });
    neighbours.clock.advance(61_000);
    const letter = await eventually(() => neighbours.messages(deadLetters)[0]);
    expect(letter.attributes?.["EXHAUSTED_RETRY_CONDITION"]?.stringValue).toBe("MaximumEventAgeInSeconds");
  });

  test.each([
    ["a queue that is not there", "NO_RESOURCE", { Arn: "arn:aws:sqs:us-east-1:000000000000:gone" }],
    [
      "a role that does not trust EventBridge",
      "FAILED_ASSUME_ROLE",
      { Arn: FUNCTION, RoleArn: "arn:aws:iam::0:role/untrusted" },
    ],
    [
      "a role without the permission",
      "NO_PERMISSIONS",
      { Arn: FUNCTION, RoleArn: "arn:aws:iam::0:role/powerless" },
    ],
  ])("for %s goes straight to the dead-letter queue", async (_, code, target) => {
    await deliver({ ...target, DeadLetterConfig: { Arn: deadLetters } });
    const letter = await eventually(() => neighbours.messages(deadLetters)[0]);
    expect(letter.attributes?.["ERROR_CODE"]?.stringValue).toBe(code);
    expect(letter.attributes?.["RETRY_ATTEMPTS"]?.stringValue).toBe("0");
  });

  test("for want of a queue policy goes straight to the dead-letter queue", async () => {
    const closed = neighbours.addQueue("closed");
    await deliver({ Arn: closed, DeadLetterConfig: { Arn: deadLetters } });
    const letter = await eventually(() => neighbours.messages(deadLetters)[0]);
    expect(letter.attributes?.["ERROR_CODE"]?.stringValue).toBe("NO_PERMISSIONS");
    expect(neighbours.messages(closed)).toEqual([]);
  });

  test("is told to the person at the terminal when there is no dead-letter queue", async () => {
    await deliver({ Arn: "arn:aws:sqs:us-east-1:000000000000:gone" });
    expect(await eventually(() => cloud.reported[0])).toContain("the event is dropped");
  });
});
