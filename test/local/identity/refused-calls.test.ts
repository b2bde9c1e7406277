import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { type CloudUnderTest, startWholeCloud } from "../support/whole-cloud.ts";

let cloud: CloudUnderTest;
beforeAll(async () => {
  cloud = await startWholeCloud();
});
afterAll(() => cloud.end());

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
test("what a role was refused is remembered over a restart, until it is cleared", async () => {
  const trust = {
    Statement: { Effect: "Allow", Principal: { AWS: "000000000000" }, Action: "sts:AssumeRole" },
  };
  await new IAMClient(cloud.client()).send(
    new CreateRoleCommand({ RoleName: "poor", AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  const RoleArn = "arn:aws:iam::000000000000:role/poor";
  const { Credentials: keys } = await new STSClient(cloud.client()).send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: "me" }),
  );
  const credentials = {
    accessKeyId: String(keys?.AccessKeyId),
    secretAccessKey: String(keys?.SecretAccessKey),
    sessionToken: String(keys?.SessionToken),
  };
  const sqs = new SQSClient({ ...cloud.client(), credentials });
  for (const _ of [1, 2]) {
    await expect(sqs.send(new ListQueuesCommand({}))).rejects.toThrow(
      "is not authorized to perform: sqs:ListQueues",
    );
  }

  await cloud.restart();

  expect(await cloud.cloud.control("identity", "refused")).toMatchObject([
    { roleArn: RoleArn, action: "sqs:ListQueues", count: 2, statement: { Action: ["sqs:ListQueues"] } },
  ]);
  await cloud.cloud.control("identity", "clear-refused");
  await cloud.restart();
  expect(await cloud.cloud.control("identity", "refused")).toEqual([]);
});
