import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  ListEventBusesCommand,
  ListRulesCommand,
  ListTagsForResourceCommand,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  TagResourceCommand,
  type Target,
  TestEventPatternCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-eventbridge";
import type { ResourceContext, ResourceProvider } from "#local/cloudformation/resource-provider.ts";
import { createEventsService } from "#local/events/service.ts";
import { type ServiceUnderTest, startOneService } from "../support/one-service.ts";
import { Neighbours } from "./support/neighbours.ts";

const QUEUE = "arn:aws:sqs:us-east-1:000000000000:q";
const ANY = '{"source":["s"]}';

let cloud: ServiceUnderTest<ReturnType<typeof createEventsService>>;
let events: EventBridgeClient;

beforeEach(async () => {
  cloud = await startOneService(createEventsService, new Neighbours().ports());
  events = new EventBridgeClient(cloud.client);
});

afterEach(async () => {
  events.destroy();
  await cloud.stop();
});

/**
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html
 */
describe("A rule", () => {
  test("is described as it was put, keeps its targets when it is put again, and cannot be deleted with them", async () => {
    await events.send(
      new PutRuleCommand({ Name: "r", EventPattern: ANY, Description: "d", State: "DISABLED" }),
    );
    await events.send(new PutTargetsCommand({ Rule: "r", Targets: [{ Id: "t", Arn: QUEUE }] }));
    const { RuleArn } = await events.send(
      new PutRuleCommand({ Name: "r", ScheduleExpression: "rate(1 hour)" }),
    );
    const described = await events.send(new DescribeRuleCommand({ Name: "r" }));
    expect(described).toMatchObject({
      Name: "r",
      Arn: RuleArn,
      ScheduleExpression: "rate(1 hour)",
      State: "ENABLED",
      EventBusName: "default",
    });
    expect(described).not.toHaveProperty("EventPattern");
    const { Targets } = await events.send(new ListTargetsByRuleCommand({ Rule: "r" }));
    expect(Targets).toEqual([{ Id: "t", Arn: QUEUE }]);
    await expect(events.send(new DeleteRuleCommand({ Name: "r" }))).rejects.toMatchObject({
      name: "ValidationException",
    });
    await events.send(new RemoveTargetsCommand({ Rule: "r", Ids: ["t"] }));
    await events.send(new DeleteRuleCommand({ Name: "r" }));
    await expect(events.send(new DescribeRuleCommand({ Name: "r" }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Rule r does not exist on EventBus default.",
    });
  });

  test("with a bad pattern or name is refused", async () => {
    const put = (Name: string, EventPattern: string) =>
      events.send(new PutRuleCommand({ Name, EventPattern }));
    await expect(put("r", '{"source":"s"}')).rejects.toMatchObject({
      name: "InvalidEventPatternException",
      message: 'Event pattern is not valid. Reason: "source" must be an object or an array',
    });
    await expect(put("a b", ANY)).rejects.toMatchObject({ name: "ValidationException" });
    await expect(put("r".repeat(65), ANY)).rejects.toMatchObject({ name: "ValidationException" });
    await expect(put("r".repeat(64), ANY)).resolves.toMatchObject({
      RuleArn: expect.stringContaining("rule/r"),
    });
  });

  test("has at most five targets, each of them whole", async () => {
    await events.send(new PutRuleCommand({ Name: "r", EventPattern: ANY }));
    const put = (...Targets: Target[]) => events.send(new PutTargetsCommand({ Rule: "r", Targets }));
    const queues = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ Id: `t${index}`, Arn: QUEUE }));
    await expect(put(...queues(5))).resolves.toMatchObject({ FailedEntryCount: 0 });
    await expect(put({ Id: "sixth", Arn: QUEUE })).rejects.toMatchObject({ name: "LimitExceededException" });
    const bad: Target[] = [
      { Id: "t0", Arn: QUEUE, Input: "{}", InputPath: "$.detail" },
      { Id: "t0", Arn: QUEUE, Input: "{" },
      { Id: "t0", Arn: QUEUE, InputPath: "detail" },
      { Id: "t0", Arn: `${QUEUE}.fifo` },
      {
        Id: "t0",
        Arn: "arn:aws:ecs:us-east-1:000000000000:cluster/c",
        EcsParameters: { TaskDefinitionArn: "t" },
      },
      { Id: "t0", Arn: QUEUE, RetryPolicy: { MaximumRetryAttempts: 186 } },
      { Id: "t0", Arn: QUEUE, RetryPolicy: { MaximumEventAgeInSeconds: 59 } },
    ];
    for (const target of bad)
      await expect(put(target)).rejects.toMatchObject({ name: "ValidationException" });
    await expect(
      put({ Id: "t0", Arn: "arn:aws:kinesis:us-east-1:000000000000:stream/s" }),
    ).rejects.toMatchObject({
      name: "NotImplemented",
    });
  });

  test("is listed page by page, by prefix and by bus, and carries tags", async () => {
    await events.send(new CreateEventBusCommand({ Name: "other" }));
    for (const Name of ["a1", "a2", "a3", "b"])
      await events.send(new PutRuleCommand({ Name, EventPattern: ANY }));
    const { RuleArn } = await events.send(
      new PutRuleCommand({ Name: "a1", EventBusName: "other", EventPattern: ANY }),
    );
    expect(RuleArn).toBe("arn:aws:events:us-east-1:000000000000:rule/other/a1");
    const first = await events.send(new ListRulesCommand({ NamePrefix: "a", Limit: 2 }));
    const second = await events.send(
      new ListRulesCommand({ NamePrefix: "a", Limit: 2, NextToken: first.NextToken }),
    );
    expect([first, second].map(({ Rules }) => Rules?.map(({ Name }) => Name))).toEqual([
      ["a1", "a2"],
      ["a3"],
    ]);
    expect(second.NextToken).toBeUndefined();

    await events.send(
      new TagResourceCommand({
        ResourceARN: RuleArn,
        Tags: [
          { Key: "k", Value: "v" },
          { Key: "l", Value: "w" },
        ],
      }),
    );
    await events.send(new UntagResourceCommand({ ResourceARN: RuleArn, TagKeys: ["k"] }));
    const { Tags } = await events.send(new ListTagsForResourceCommand({ ResourceARN: RuleArn }));
    expect(Tags).toEqual([{ Key: "l", Value: "w" }]);
    await expect(events.send(new DeleteEventBusCommand({ Name: "other" }))).rejects.toMatchObject({
      name: "ValidationException",
    });
  });

  test("is there again after a restart", async () => {
    await events.send(new PutRuleCommand({ Name: "kept", EventPattern: ANY }));
    const again = await startOneService(createEventsService, { dataDir: cloud.context.dataDir });
    const client = new EventBridgeClient(again.client);
    const { Name, EventPattern } = await client.send(new DescribeRuleCommand({ Name: "kept" }));
    expect({ Name, EventPattern }).toEqual({ Name: "kept", EventPattern: ANY });
    client.destroy();
    await again.stop();
  });
});

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html */
describe("TestEventPattern", () => {
  const envelope = {
    id: "1",
    "detail-type": "d",
    source: "s",
    account: "0",
    time: "t",
    region: "r",
    resources: [],
    detail: { n: 300 },
  };
  const answer = (EventPattern: string, Event: string) =>
    events.send(new TestEventPatternCommand({ EventPattern, Event })).then(({ Result }) => Result);

  test("answers by the pattern, and knows a number however it is written", async () => {
    const event = JSON.stringify(envelope);
    await expect(answer('{"detail":{"n":[300]}}', event)).resolves.toBe(true);
    await expect(answer('{"detail":{"n":[300]}}', event.replace("300", "300.0"))).resolves.toBe(true);
    await expect(answer('{"detail":{"n":[300]}}', event.replace("300", "300.5"))).resolves.toBe(false);
    await expect(
      answer('{"detail":{"n":[{"numeric":["=",300]}]}}', event.replace("300", "3.0e2")),
    ).resolves.toBe(true);
    await expect(answer('{"detail":{"n":[1]},"detail":{"n":[300]}}', event)).resolves.toBe(true);
  });

  test("refuses a bad pattern and an event without its envelope", async () => {
    await expect(answer('{"source":[]}', JSON.stringify(envelope))).rejects.toMatchObject({
      name: "InvalidEventPatternException",
    });
    await expect(answer(ANY, '{"source":"s"}')).rejects.toMatchObject({ name: "ValidationException" });
    await expect(answer(ANY, "no JSON")).rejects.toMatchObject({ name: "ValidationException" });
  });
});

function resource(unsupported: string[] = []): ResourceContext {
  return {
    logicalId: "TheRule",
    stackName: "stack",
    stackId: "id",
    generateName: () => "stack-TheRule-ABC",
    unsupported: (path) => void unsupported.push(path),
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html */
describe("CloudFormation", () => {
  const provider = (type: string): ResourceProvider => {
    const found = cloud.service.resources?.find((each) => each.type === type);
    if (found === undefined) throw new Error(`no ${type}`);
    return found;
  };

  test("makes a rule with its targets, changes it and removes it", async () => {
    const unsupported: string[] = [];
    const rule = provider("AWS::Events::Rule");
    const properties = {
      EventPattern: { source: ["aws.s3"], detail: { n: [{ numeric: [">", 1] }] } },
      Targets: [
        {
          Id: "run",
          Arn: "arn:aws:ecs:us-east-1:000000000000:cluster/c",
          RoleArn: "arn:aws:iam::000000000000:role/r",
          EcsParameters: {
            TaskDefinitionArn: "t",
            TaskCount: "1",
            NetworkConfiguration: { AwsVpcConfiguration: { Subnets: ["s"], AssignPublicIp: "ENABLED" } },
            CapacityProviderStrategy: [{ CapacityProvider: "FARGATE_SPOT", Weight: "2" }],
            TagList: [{ Key: "k", Value: "v" }],
          },
          RetryPolicy: { MaximumRetryAttempts: "3" },
          DeadLetterConfig: { Arn: QUEUE },
          HttpParameters: {},
        },
      ],
    };
    const state = await rule.create(properties, resource(unsupported));
    expect(state).toEqual({
      physicalId: "stack-TheRule-ABC",
      attributes: { Arn: "arn:aws:events:us-east-1:000000000000:rule/stack-TheRule-ABC" },
    });
    expect(unsupported).toEqual(["Targets.0.HttpParameters"]);
    const { Targets } = await events.send(new ListTargetsByRuleCommand({ Rule: state.physicalId }));
    expect(Targets).toMatchObject([
      {
        Id: "run",
        EcsParameters: {
          TaskDefinitionArn: "t",
          TaskCount: 1,
          NetworkConfiguration: { awsvpcConfiguration: { Subnets: ["s"], AssignPublicIp: "ENABLED" } },
          CapacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 2 }],
          Tags: [{ Key: "k", Value: "v" }],
        },
        RetryPolicy: { MaximumRetryAttempts: 3 },
        DeadLetterConfig: { Arn: QUEUE },
      },
    ]);
    const changed = { ScheduleExpression: "rate(1 hour)", State: "DISABLED" };
    await rule.update(state, changed, properties, resource());
    const described = await events.send(new DescribeRuleCommand({ Name: state.physicalId }));
    expect(described).toMatchObject({ ScheduleExpression: "rate(1 hour)", State: "DISABLED" });
    expect((await events.send(new ListTargetsByRuleCommand({ Rule: state.physicalId }))).Targets).toEqual([]);
    await rule.delete(state, changed, resource());
    await rule.delete(state, changed, resource());
    expect((await events.send(new ListRulesCommand({}))).Rules).toEqual([]);
  });

  test("makes a bus with a policy statement", async () => {
    const bus = await provider("AWS::Events::EventBus").create({ Name: "b" }, resource());
    expect(bus).toEqual({
      physicalId: "b",
      attributes: { Arn: "arn:aws:events:us-east-1:000000000000:event-bus/b", Name: "b" },
    });
    const properties = { EventBusName: "b", StatementId: "open", Action: "events:PutEvents", Principal: "*" };
    const policy = await provider("AWS::Events::EventBusPolicy").create(properties, resource());
    const { Policy } = await events.send(new DescribeEventBusCommand({ Name: "b" }));
    expect(JSON.parse(Policy ?? "")).toMatchObject({
      Statement: [{ Sid: "open", Effect: "Allow", Principal: "*" }],
    });
    await provider("AWS::Events::EventBusPolicy").delete(policy, properties, resource());
    await provider("AWS::Events::EventBus").delete(bus, { Name: "b" }, resource());
    const { EventBuses } = await events.send(new ListEventBusesCommand({}));
    expect(EventBuses?.map(({ Name }) => Name)).toEqual(["default"]);
  });
});
