import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { CreateRoleCommand, GetRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { type CloudUnderTest, startWholeCloud } from "../support/whole-cloud.ts";

const TRUST = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Principal: { AWS: "000000000000" }, Action: "sts:AssumeRole" },
};

let test: CloudUnderTest;

beforeAll(async () => {
  test = await startWholeCloud();
});

afterAll(() => test.end());

/** Makes a role that may do what the statements say, and gives what a client of it wants. */
async function signedBy(name: string, statements: unknown[]) {
  const iam = new IAMClient(test.client());
  await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(TRUST) }));
  if (statements.length > 0) await putPolicy(name, statements);
  const sts = new STSClient(test.client());
  const { Credentials: keys } = await sts.send(
    new AssumeRoleCommand({ RoleArn: `arn:aws:iam::000000000000:role/${name}`, RoleSessionName: "session" }),
  );
  iam.destroy();
  sts.destroy();
  const credentials = {
    accessKeyId: String(keys?.AccessKeyId),
    secretAccessKey: String(keys?.SecretAccessKey),
    sessionToken: String(keys?.SessionToken),
  };
  return () => ({ ...test.client(), credentials });
}

async function putPolicy(role: string, statements: unknown[]): Promise<void> {
  const iam = new IAMClient(test.client());
  const document = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  await iam.send(new PutRolePolicyCommand({ RoleName: role, PolicyName: "own", PolicyDocument: document }));
  iam.destroy();
}

/**
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
describe("a caller", () => {
  it("with any keys of its own is the operator and may do everything", async () => {
    const identity = await new STSClient(test.client()).send(new GetCallerIdentityCommand({}));

    expect(identity).toMatchObject({ Account: "000000000000", Arn: "arn:aws:iam::000000000000:root" });
  });

  it("with a role's keys is that role in a session, also after a restart of the cloud", async () => {
    const client = await signedBy("kept", []);

    await test.restart();
    const identity = await new STSClient(client()).send(new GetCallerIdentityCommand({}));

    expect(identity.Arn).toBe("arn:aws:sts::000000000000:assumed-role/kept/session");
    expect(identity.UserId).toMatch(/^AROA[0-9A-F]{17}:session$/);
  });

  it("with temporary keys that the cloud never gave is refused", async () => {
    const credentials = {
      accessKeyId: "ASIA0123456789ABCDEF",
      secretAccessKey: "s",
      sessionToken: "forged.token",
    };

    await expect(
      new STSClient({ ...test.client(), credentials }).send(new GetCallerIdentityCommand({})),
    ).rejects.toMatchObject({ name: "ExpiredToken" });
    await expect(
      new DynamoDBClient({ ...test.client(), credentials }).send(
        new GetItemCommand({ TableName: "abc", Key: {} }),
      ),
    ).rejects.toMatchObject({ name: "ExpiredToken" });
  });
});

/**
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html
 */
describe("a role", () => {
  it("that asks for an object which is not there, and may not list, is not told so, and has made no call that it may not", async () => {
    const client = await signedBy("reader", [
      { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::things/*" },
    ]);
    await new S3Client(test.client()).send(new CreateBucketCommand({ Bucket: "things" }));
    const missing = () =>
      new S3Client(client()).send(new GetObjectCommand({ Bucket: "things", Key: "missing" }));

    await expect(missing()).rejects.toMatchObject({ name: "AccessDenied" });

    const refused = (await test.cloud.control("identity", "refused")) as { roleArn: string }[];
    expect(refused.filter(({ roleArn }) => roleArn.endsWith("/reader"))).toEqual([]);
    await putPolicy("reader", [
      { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::things/*" },
      { Effect: "Allow", Action: "s3:ListBucket", Resource: "arn:aws:s3:::things" },
    ]);
    await expect(missing()).rejects.toMatchObject({ name: "NoSuchKey" });
  });

  it("is refused what its policies do not allow, in AWS's words, until they do", async () => {
    const { QueueUrl } = await new SQSClient(test.client()).send(
      new CreateQueueCommand({ QueueName: "intake" }),
    );
    const queueArn = "arn:aws:sqs:us-east-1:000000000000:intake";
    const client = await signedBy("sender", [
      { Effect: "Allow", Action: "sqs:ReceiveMessage", Resource: queueArn },
    ]);
    const send = () => new SQSClient(client()).send(new SendMessageCommand({ QueueUrl, MessageBody: "m" }));

    await expect(send()).rejects.toMatchObject({
      name: "AccessDenied",
      message: `User: arn:aws:sts::000000000000:assumed-role/sender/session is not authorized to perform: sqs:SendMessage on resource: ${queueArn} because no identity-based policy allows the sqs:SendMessage action`,
    });
    expect(await test.cloud.control("identity", "refused")).toContainEqual(
      expect.objectContaining({
        roleArn: "arn:aws:iam::000000000000:role/sender",
        statement: { Effect: "Allow", Action: ["sqs:SendMessage"], Resource: [queueArn] },
      }),
    );

    await putPolicy("sender", [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: queueArn }]);
    await expect(send()).resolves.toMatchObject({ MessageId: expect.any(String) });
  });

  it("is told of an explicit deny", async () => {
    const client = await signedBy("denied", [
      { Effect: "Allow", Action: "*", Resource: "*" },
      { Effect: "Deny", Action: "dynamodb:*", Resource: "*" },
    ]);

    await expect(
      new DynamoDBClient(client()).send(new GetItemCommand({ TableName: "jobs", Key: { pk: { S: "1" } } })),
    ).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringMatching(/with an explicit deny in an identity-based policy$/),
    });
  });

  it.each([
    [
      "S3",
      "AccessDenied",
      (client: never) => new S3Client(client).send(new GetObjectCommand({ Bucket: "bucket", Key: "k" })),
    ],
    [
      "SNS",
      "AuthorizationErrorException",
      (client: never) =>
        new SNSClient(client).send(
          new PublishCommand({ TopicArn: "arn:aws:sns:us-east-1:000000000000:t", Message: "m" }),
        ),
    ],
  ])("reads a refusal of %s under its own name %s", async (service, name, call) => {
    const client = await signedBy(`refused-by-${service}`, []);
    await new S3Client({ ...test.client(), forcePathStyle: true }).send(
      new CreateBucketCommand({ Bucket: "bucket" }),
    );

    await expect(call({ ...client(), forcePathStyle: true } as never)).rejects.toMatchObject({ name });
  });

  it("is not assumed by a role that it does not trust", async () => {
    const client = await signedBy("climber", [{ Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" }]);
    const iam = new IAMClient(test.client());
    const trust = {
      ...TRUST,
      Statement: { ...TRUST.Statement, Principal: { Service: "lambda.amazonaws.com" } },
    };
    await iam.send(
      new CreateRoleCommand({ RoleName: "summit", AssumeRolePolicyDocument: JSON.stringify(trust) }),
    );

    await expect(
      new STSClient(client()).send(
        new AssumeRoleCommand({ RoleArn: "arn:aws:iam::000000000000:role/summit", RoleSessionName: "up" }),
      ),
    ).rejects.toMatchObject({ name: "AccessDenied" });
  });

  it("that does not exist is not found", async () => {
    await expect(
      new IAMClient(test.client()).send(new GetRoleCommand({ RoleName: "nobody" })),
    ).rejects.toMatchObject({
      name: "NoSuchEntityException",
    });
  });
});
