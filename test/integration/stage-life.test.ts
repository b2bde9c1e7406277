import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { CreateRepositoryCommand, ECRClient } from "@aws-sdk/client-ecr";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { eventually } from "./support/eventually.ts";
import type { Mail } from "./support/mails.ts";
import { StageAccount } from "./support/stage-account.ts";

/** The life of stage dev in an account that was empty, by the framework's own commands. */

const MINUTES = 60_000;

let account: StageAccount;
beforeAll(async () => {
  account = await StageAccount.open("dev");
});
afterAll(() => account.close());

it(
  "is deployed from an empty state, and not again while nothing has changed",
  async () => {
    const first = await account.serverless("deploy");
    const second = await account.serverless("deploy");

    expect(first.said).toContain("Service deployed");
    expect(second.said).toContain("No changes to deploy");
  },
  5 * MINUTES,
);

it(
  "mails its administrators of a dead letter, through the topic that it encrypts",
  async () => {
    const { Stacks = [] } = await new CloudFormationClient(account.client).send(
      new DescribeStacksCommand({ StackName: "slipway-dev" }),
    );
    const outputs = Stacks[0]?.Outputs ?? [];
    const url = outputs.find(({ OutputKey }) => OutputKey === "IntakeDeadLetterQueueUrl")?.OutputValue;
    const letter = { QueueUrl: url, MessageBody: "what nobody could read" };
    await new SQSClient(account.client).send(new SendMessageCommand(letter));
    account.cloud.advanceClock(2 * MINUTES);
    const alarms = await eventually(
      "a mail to each administrator",
      async () =>
        ((await account.cloud.control("topics", "outbox")) as Mail[]).filter(({ subject }) =>
          /^ALARM: .*IntakeDeadLetterQueueDepthAlarm/.test(subject),
        ),
      (mails) => mails.length >= 2,
    );

    expect(alarms.map(({ to }) => to).toSorted()).toEqual(["a@example.com", "b@example.com"]);
    expect(alarms[0]?.body).toContain("Slipway dev: IntakeDeadLetterQueue holds messages");
  },
  MINUTES,
);

it.each([
  ["intake", "events/s3/object-created.json"],
  ["track", "events/ecs/task-state-change.json"],
  ["notify", "events/slipway/job-failed.json"],
  ["sweep", "events/schedule/scheduled-event.json"],
  ["wake", "events/schedule/scheduled-event.json"],
  ["dispatch", "events/schedule/scheduled-event.json"],
])(
  "runs %s on this machine with %s",
  async (name, path) => {
    const { code, said, printed } = await account.serverless(
      "invoke",
      "local",
      "--function",
      name,
      "--path",
      path,
    );

    expect({ code, said }).toEqual({ code: 0, said: expect.not.stringContaining("errorMessage") });
    const results = [...printed.matchAll(/"batchItemFailures": (\[[^\]]*\])/g)].map(
      ([, failures]) => failures,
    );
    expect(results.filter((failures) => failures !== "[]")).toEqual([]);
  },
  2 * MINUTES,
);

it(
  "leaves nothing when it is removed, and says before what goes",
  async () => {
    await new ECRClient(account.client).send(
      new CreateRepositoryCommand({ repositoryName: "slipway-dev/media" }),
    );
    const uploads = (await account.holds()).buckets.find((name) => name.includes("uploadsbucket")) ?? "";
    for (const Body of ["first", "second"])
      await new S3Client(account.client).send(
        new PutObjectCommand({ Bucket: uploads, Key: "notes/x.txt", Body }),
      );

    const { code, said } = await account.serverless("remove");

    expect({ code, said }).toEqual({
      code: 0,
      said: expect.stringContaining("image repository slipway-dev/media"),
    });
    expect(said).toContain("Paused its pipelines");
    expect(said).toContain(`Emptied bucket ${uploads} (2 versions)`);
    expect(await account.holds()).toEqual({
      buckets: [],
      logGroups: [],
      repositories: [],
      taskDefinitions: [],
      stacks: [],
    });
  },
  5 * MINUTES,
);
