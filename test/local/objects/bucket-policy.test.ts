import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { CreateBucketCommand, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { startObjects, type ObjectsCloud } from "./support/objects-cloud.ts";

const Bucket = "with-policy";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-policy-language-overview.html */
describe("a bucket's policy", () => {
  let cloud: ObjectsCloud;
  beforeAll(async () => {
    cloud = await startObjects();
    await cloud.s3.send(new CreateBucketCommand({ Bucket }));
  });
  afterAll(() => cloud.stop());

  const whole = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: `arn:aws:s3:::${Bucket}/*`,
  };
  const put = (Policy: string) => cloud.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });

  test.each([
    ["no JSON", "nonsense", "first byte must be '{'"],
    ["no statement", policy(), "Statement is empty"],
    ["a statement without a principal", policy({ ...whole, Principal: undefined }), "Principal"],
    ["a statement without a resource", policy({ ...whole, Resource: undefined }), "Resource"],
    ["an effect that there is not", policy({ ...whole, Effect: "Permit" }), "effect"],
    ["an action of another service", policy({ ...whole, Action: "sqs:SendMessage" }), "invalid action"],
    ["another bucket's objects", policy({ ...whole, Resource: "arn:aws:s3:::other/*" }), "invalid resource"],
    ["every bucket's objects", policy({ ...whole, Resource: "*" }), "invalid resource"],
    [
      "an operator that IAM has not",
      policy({ ...whole, Condition: { StringAlmost: { k: "v" } } }),
      "StringAlmost",
    ],
  ])("with %s is malformed", async (_, text, told) => {
    await expect(put(text)).rejects.toMatchObject({
      name: "MalformedPolicy",
      message: expect.stringContaining(told),
    });
  });

  test("may use every kind of condition that IAM has", async () => {
    const Condition = {
      IpAddress: { "aws:SourceIp": "192.0.2.0/24" },
      "ForAllValues:StringLikeIfExists": { "aws:PrincipalTag/team": "a*" },
      Null: { "aws:TokenIssueTime": "true" },
    };
    await expect(put(policy({ ...whole, Condition }))).resolves.toBeDefined();
  });
});
