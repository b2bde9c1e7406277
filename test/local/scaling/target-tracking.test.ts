import {
  ApplicationAutoScalingClient,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
} from "@aws-sdk/client-application-auto-scaling";
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
} from "@aws-sdk/client-cloudformation";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeServicesCommand, ECSClient } from "@aws-sdk/client-ecs";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { workerTemplate } from "#test/local/scaling/worker-template.ts";
import { startWholeCloud, type CloudUnderTest } from "#test/local/support/whole-cloud.ts";

let cloud: CloudUnderTest;
let outputs: Record<string, string>;
beforeAll(async () => {
  cloud = await startWholeCloud();
  await cloud.cloud.control("monitoring", "settings", { scalingMinuteMs: 200 });
  await cloud.cloud.control("tasks", "settings", { serviceSteadyMs: 0 });
  const cloudformation = new CloudFormationClient(cloud.client());
  const TemplateBody = JSON.stringify(workerTemplate);
  await cloudformation.send(
    new CreateStackCommand({ StackName: "worker", TemplateBody, Capabilities: ["CAPABILITY_IAM"] }),
  );
  outputs = await until("stack", async () => {
    const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName: "worker" }));
    const [stack] = Stacks;
    if (stack?.StackStatus === "ROLLBACK_COMPLETE") throw new Error(JSON.stringify(stack));
    if (stack?.StackStatus !== "CREATE_COMPLETE") return undefined;
    return Object.fromEntries(
      (stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
    );
  });
});
afterAll(() => cloud.end());

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 90_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`no ${what}: ${cloud.reported.join("; ")}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const scaling = () => new ApplicationAutoScalingClient(cloud.client());
const service = async () => {
  const command = new DescribeServicesCommand({
    cluster: outputs["Cluster"],
    services: [outputs["Service"] ?? ""],
  });
  const { services = [] } = await new ECSClient(cloud.client()).send(command);
  return services[0];
};

/**
 * https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html
 */
describe("target tracking", () => {
  test("has its two alarms, named and made as Application Auto Scaling does", async () => {
    const { ScalingPolicies = [] } = await scaling().send(
      new DescribeScalingPoliciesCommand({ ServiceNamespace: "ecs" }),
    );
    const names = ScalingPolicies[0]?.Alarms?.map(({ AlarmName = "" }) => AlarmName) ?? [];
    const { MetricAlarms = [] } = await new CloudWatchClient(cloud.client()).send(
      new DescribeAlarmsCommand({ AlarmNames: names }),
    );

    const resource = `TargetTracking-service/${outputs["Cluster"]}/${outputs["Service"]}`;
    expect(MetricAlarms).toMatchObject([
      {
        AlarmName: expect.stringMatching(new RegExp(`^${resource}-AlarmHigh-[0-9a-f-]{36}$`)),
        AlarmActions: [ScalingPolicies[0]?.PolicyARN],
        ComparisonOperator: "GreaterThanThreshold",
        Threshold: 4,
        EvaluationPeriods: 3,
      },
      {
        AlarmName: expect.stringMatching(new RegExp(`^${resource}-AlarmLow-[0-9a-f-]{36}$`)),
        ComparisonOperator: "LessThanThreshold",
        Threshold: 3.6,
        EvaluationPeriods: 15,
      },
    ]);
  });

  test("on messages per task leads a worker from 0 to 1 to 3 and back to 0, and every message is done once", async () => {
    const sqs = new SQSClient(cloud.client());
    const bodies = Array.from({ length: 24 }, (_, index) => `message-${index}`);
    await Promise.all(
      bodies.map((MessageBody) =>
        sqs.send(new SendMessageCommand({ QueueUrl: outputs["QueueUrl"], MessageBody })),
      ),
    );
    await until("three tasks", async () => ((await service())?.desiredCount === 3 ? true : undefined));
    await until("no task", async () => {
      const { desiredCount, runningCount } = (await service()) ?? {};
      return desiredCount === 0 && runningCount === 0 ? true : undefined;
    });
    const { ScalingActivities = [] } = await scaling().send(
      new DescribeScalingActivitiesCommand({ ServiceNamespace: "ecs" }),
    );
    const steps = ScalingActivities.map(({ Description }) => Description).toReversed();
    const { events = [] } = await new CloudWatchLogsClient(cloud.client()).send(
      new FilterLogEventsCommand({ logGroupName: "/consumer", filterPattern: "done" }),
    );

    expect(steps.slice(0, 2)).toEqual(["Setting desired count to 1.", "Setting desired count to 3."]);
    expect(steps.at(-1)).toBe("Setting desired count to 0.");
    expect(ScalingActivities[0]).toMatchObject({
      Cause: expect.stringMatching(
        /^monitor alarm TargetTracking-.*-AlarmLow-.* in state ALARM triggered policy backlog$/,
      ),
      StatusCode: "Successful",
      StatusMessage: "Successfully set desired count to 0. Change successfully fulfilled by ecs.",
    });
    expect(events.map(({ message }) => message).toSorted()).toEqual(
      bodies.map((body) => `done ${body}`).toSorted(),
    );
  });
});
