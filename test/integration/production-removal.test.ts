import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { StageAccount } from "./support/stage-account.ts";

/** Stage prod, removed by mistake or on purpose. */

const MINUTES = 60_000;

let account: StageAccount;
beforeAll(async () => {
  account = await StageAccount.open("prod");
});
afterAll(() => account.close());

const uploads = async () => (await account.holds()).buckets.filter((name) => name.includes("uploadsbucket"));

it(
  "leaves its data when it is removed, says so, and can be deployed beside them",
  async () => {
    await account.serverless("deploy");
    const [bucket = ""] = await uploads();
    const object = { Bucket: bucket, Key: "images/kept.txt" };
    await new S3Client(account.client).send(new PutObjectCommand({ ...object, Body: "kept" }));

    const { code, said } = await account.serverless("remove");
    const left = await account.holds();

    expect({ code, stacks: left.stacks, taskDefinitions: left.taskDefinitions }).toEqual({
      code: 0,
      stacks: [],
      taskDefinitions: [],
    });
    expect(said).toMatch(new RegExp(`These stay, .*\\n.*bucket ${bucket} \\(uploads\\)`));
    expect(said).toMatch(/table slipway-prod-JobsTable-\S+ \(jobs\)/);

    const again = await account.serverless("deploy");
    const kept = await new S3Client(account.client).send(new GetObjectCommand(object));

    expect(again.said).toContain("Service deployed");
    expect(await uploads()).toHaveLength(2);
    expect(await kept.Body?.transformToString()).toBe("kept");
  },
  6 * MINUTES,
);
