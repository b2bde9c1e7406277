import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CloudFormationClient,
  CreateStackCommand,
  waitUntilStackCreateComplete,
} from "@aws-sdk/client-cloudformation";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { readTrigger } from "#core/intake/read-trigger.ts";
import { definePipelines } from "#core/pipelines/define-pipelines.ts";
import { scheduleOf } from "#infrastructure/schedules.ts";
import { type CloudUnderTest, startWholeCloud } from "#test/local/support/whole-cloud.ts";

const DAY_MS = 86_400_000;
const QUEUE = "intake";
const STAGE = "test";

const pipelines = definePipelines({
  "nightly-report": {
    source: { type: "schedule", expression: "cron(30 3 * * ? *)", timeZone: "America/New_York" },
    task: "inventory",
  },
});

let cloud: CloudUnderTest;
beforeAll(async () => {
  cloud = await startWholeCloud();
});
afterAll(() => cloud.end());

/** What our template makes of the pipeline's schedule, beside the two queues that it names and in place of the function that it waits for. */
async function deploySchedule(): Promise<void> {
  const [pipeline] = Object.values(pipelines);
  if (pipeline === undefined) throw new Error("There is no pipeline.");
  const Resources = {
    IntakeQueue: { Type: "AWS::SQS::Queue", Properties: { QueueName: QUEUE } },
    IntakeDeadLetterQueue: { Type: "AWS::SQS::Queue" },
    IntakeLambdaFunction: { Type: "AWS::SQS::Queue" },
    ...scheduleOf(pipeline, STAGE),
  };
  const cloudFormation = new CloudFormationClient(cloud.client());
  await cloudFormation.send(
    new CreateStackCommand({
      StackName: "nightly",
      TemplateBody: JSON.stringify({ Resources }),
      Capabilities: ["CAPABILITY_IAM"],
    }),
  );
  await waitUntilStackCreateComplete(
    { client: cloudFormation, maxWaitTime: 60, minDelay: 0.05, maxDelay: 0.2 },
    { StackName: "nightly" },
  );
}

describe("a schedule in a time zone", () => {
  test("deploys, and its ticks are those of its pipeline at the hours of that zone", async () => {
    await deploySchedule();

    cloud.cloud.advanceClock(DAY_MS);

    const sqs = new SQSClient(cloud.client());
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: `${cloud.cloud.endpoint}/000000000000/${QUEUE}`,
        WaitTimeSeconds: 20,
      }),
    );
    const [body = ""] = Messages.map(({ Body = "" }) => Body);
    const context = { pipelines, uploadsBucket: "uploads", rulePrefix: `slipway-${STAGE}-` };
    const trigger = readTrigger(JSON.parse(body), context);
    if (trigger.type !== "job" || trigger.source.type !== "schedule")
      throw new Error(JSON.stringify(trigger));
    expect(trigger.pipeline.name).toBe("nightly-report");
    const inTheZone = { timeZone: "America/New_York", timeStyle: "short", hourCycle: "h23" } as const;
    expect(new Date(trigger.source.tick).toLocaleTimeString("en-GB", inTheZone)).toBe("03:30");
    expect(readTrigger(JSON.parse(body), context)).toEqual(trigger);
  });
});
