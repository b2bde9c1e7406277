import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  AddPermissionCommand,
  CreateQueueCommand,
  GetQueueAttributesCommand,
  RemovePermissionCommand,
  SetQueueAttributesCommand,
} from "@aws-sdk/client-sqs";
import { type QueuesCloud, startQueues } from "./support/queues-cloud.ts";

let cloud: QueuesCloud;
beforeAll(async () => {
  cloud = await startQueues();
});
afterAll(() => cloud.stop());

const queue = async (QueueName: string, Attributes: Record<string, string> = {}) =>
  (await cloud.sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl ?? "";
const arn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const redrive = (target: string) => JSON.stringify({ deadLetterTargetArn: arn(target), maxReceiveCount: 3 });

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_AddPermission.html */
describe("a queue's permissions", () => {
  test("are statements of its policy, by label", async () => {
    const QueueUrl = await queue("shared");
    const add = () =>
      cloud.sqs.send(
        new AddPermissionCommand({
          QueueUrl,
          Label: "team",
          AWSAccountIds: ["111122223333"],
          Actions: ["SendMessage"],
        }),
      );

    await add();

    const policy = async () =>
      (await cloud.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["Policy"] })))
        .Attributes?.["Policy"];
    expect(JSON.parse((await policy()) ?? "")).toMatchObject({
      Statement: [
        {
          Sid: "team",
          Principal: { AWS: ["arn:aws:iam::111122223333:root"] },
          Action: ["SQS:SendMessage"],
          Resource: arn("shared"),
        },
      ],
    });
    await expect(add()).rejects.toMatchObject({ name: "InvalidParameterValue" });
    await cloud.sqs.send(new RemovePermissionCommand({ QueueUrl, Label: "team" }));
    expect(await policy()).toBeUndefined();
    await expect(
      cloud.sqs.send(new RemovePermissionCommand({ QueueUrl, Label: "team" })),
    ).rejects.toMatchObject({
      message: "Value team for parameter Label is invalid. Reason: can't find label on existing policy.",
    });
  });
});

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
describe("a dead-letter queue", () => {
  test("may say whose dead letters it takes", async () => {
    const byQueue = { redrivePermission: "byQueue", sourceQueueArns: [arn("friend")] };
    await queue("dead", { RedriveAllowPolicy: JSON.stringify(byQueue) });

    await queue("friend", { RedrivePolicy: redrive("dead") });

    await expect(queue("stranger", { RedrivePolicy: redrive("dead") })).rejects.toMatchObject({
      name: "InvalidParameterValue",
      message: expect.stringContaining("does not permit this source queue"),
    });
    await queue("closed", { RedriveAllowPolicy: '{"redrivePermission":"denyAll"}' });
    await expect(queue("stranger", { RedrivePolicy: redrive("closed") })).rejects.toMatchObject({
      name: "InvalidParameterValue",
    });
  });

  test("is there, and of the same kind", async () => {
    const QueueUrl = await queue("plain");
    await queue("dead.fifo", { FifoQueue: "true" });
    const set = (RedrivePolicy: string) =>
      cloud.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy } }));

    await expect(set(redrive("absent"))).rejects.toThrow("Dead letter target does not exist.");
    await expect(set(redrive("dead.fifo"))).rejects.toThrow("same type of queue");
  });

  test.each([
    '{"redrivePermission":"byQueue"}',
    '{"redrivePermission":"some"}',
    '{"redrivePermission":"allowAll","sourceQueueArns":["a"]}',
  ])("cannot have the allow policy %s", async (RedriveAllowPolicy) => {
    await expect(queue("odd", { RedriveAllowPolicy })).rejects.toMatchObject({
      name: "InvalidParameterValue",
    });
  });
});
