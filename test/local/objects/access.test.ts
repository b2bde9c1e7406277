import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { AwsError } from "#local/gateway/aws-error.ts";
import { startGateway, type Gateway } from "#local/gateway/gateway.ts";
import { startObjects, type ObjectsCloud } from "./support/objects-cloud.ts";

const Bucket = "access";
const ROLE = "arn:aws:iam::000000000000:role/reader";

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-policy-language-overview.html
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
describe("a role", () => {
  let cloud: ObjectsCloud;
  let gateway: Gateway;
  let role: S3Client;
  let allowed: readonly string[] = [];
  const asked: [action: string, resource: string, conditions: unknown][] = [];

  beforeAll(async () => {
    cloud = await startObjects();
    // A second door to the same store, behind which everybody is the role or nobody.
    gateway = await startGateway({
      port: 0,
      defaultRegion: "us-east-1",
      services: [cloud.service],
      authority: {
        principalOf: (accessKeyId) =>
          accessKeyId === undefined
            ? { kind: "anonymous" }
            : { kind: "role", roleArn: ROLE, sessionName: "session", accessKeyId },
        authorize: (_, action, resource, conditions) => {
          asked.push([action, resource, conditions]);
          if (!allowed.includes(action))
            throw new AwsError("AccessDenied", "because no identity-based policy allows it", 403);
        },
        decide: (_, action) => (allowed.includes(action) ? "allowed" : "not-allowed"),
      },
      report: (line) => cloud.context.report(line),
    });
    role = new S3Client({ ...cloud.client, endpoint: gateway.endpoint, forcePathStyle: true });
    await cloud.s3.send(new CreateBucketCommand({ Bucket }));
    await cloud.s3.send(new PutObjectCommand({ Bucket, Key: "open/a", Body: "a" }));
    await cloud.s3.send(new PutObjectCommand({ Bucket, Key: "b", Body: "b" }));
  });
  afterAll(async () => {
    role.destroy();
    await gateway.close();
    await cloud.stop();
  });
  beforeEach(async () => {
    allowed = [];
    asked.splice(0);
    await cloud.s3.send(new DeleteBucketPolicyCommand({ Bucket }));
  });

  const policy = (Statement: object[]) =>
    cloud.s3.send(
      new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: "2012-10-17", Statement }) }),
    );
  const outcome = (promise: Promise<unknown>) =>
    promise.then(
      () => "done",
      (error: Error) => error.name,
    );
  const get = (Key: string) => outcome(role.send(new GetObjectCommand({ Bucket, Key })));
  const statement = (more: object) => ({
    Effect: "Allow",
    Principal: "*",
    Action: "s3:*",
    Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
    ...more,
  });

  test("is asked for the action on the object or the bucket", async () => {
    allowed = ["s3:GetObject", "s3:ListBucket", "s3:PutObject"];
    await role.send(new GetObjectCommand({ Bucket, Key: "open/a" }));
    await role.send(new ListObjectsV2Command({ Bucket, Prefix: "open/", MaxKeys: 5 }));
    await role.send(new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/b` }));
    expect(asked).toMatchObject([
      ["s3:GetObject", "arn:aws:s3:::access/open/a", {}],
      ["s3:ListBucket", "arn:aws:s3:::access", { "s3:prefix": "open/", "s3:max-keys": "5" }],
      ["s3:PutObject", "arn:aws:s3:::access/copy", { "s3:x-amz-copy-source": "access/b" }],
      ["s3:GetObject", "arn:aws:s3:::access/b", {}],
    ]);
  });

  test("is refused what nobody allows", async () => {
    expect(await get("b")).toBe("AccessDenied");
    expect(await outcome(role.send(new PutObjectCommand({ Bucket, Key: "new", Body: "x" })))).toBe(
      "AccessDenied",
    );
    expect(await outcome(cloud.s3.send(new HeadObjectCommand({ Bucket, Key: "new" })))).toBe("NotFound");
  });

  test("learns that an object is missing only where it may list", async () => {
    allowed = ["s3:GetObject"];
    expect(await get("missing")).toBe("AccessDenied");
    const head = role.send(new HeadObjectCommand({ Bucket, Key: "missing" }));
    await expect(head).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    allowed = ["s3:GetObject", "s3:ListBucket"];
    expect(await get("missing")).toBe("NoSuchKey");
  });

  test("may do what the bucket's policy allows it", async () => {
    await policy([statement({ Principal: { AWS: ROLE }, Action: "s3:GetObject" })]);
    expect(await get("b")).toBe("done");
    expect(await outcome(role.send(new ListObjectsV2Command({ Bucket })))).toBe("AccessDenied");
  });

  test("may not do what the bucket's policy denies, whatever its own policies say", async () => {
    allowed = ["s3:GetObject"];
    await policy([
      statement({ Effect: "Deny", Action: "s3:GetObject", Resource: `arn:aws:s3:::${Bucket}/open/*` }),
    ]);
    expect([await get("open/a"), await get("b")]).toEqual(["AccessDenied", "done"]);
  });

  test("is not stopped by a policy that wants TLS: nobody listens on the loopback", async () => {
    allowed = ["s3:GetObject"];
    await policy([statement({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } })]);
    expect(await get("b")).toBe("done");
  });

  test("may not do what the bucket's policy denies for a header of the request", async () => {
    const Condition = { StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" } };
    const Action = "s3:PutObject";
    await policy([statement({ Action }), statement({ Effect: "Deny", Action, Condition })]);
    const put = (input: object) =>
      outcome(role.send(new PutObjectCommand({ Bucket, Key: "encrypted", Body: "x", ...input })));
    expect(await put({})).toBe("AccessDenied");
    expect(await put({ ServerSideEncryption: "aws:kms" })).toBe("done");
  });

  test("is answered key by key in a batch of deletions", async () => {
    await policy([statement({ Action: "s3:DeleteObject", Resource: `arn:aws:s3:::${Bucket}/mine/*` })]);
    const Objects = [{ Key: "mine/x" }, { Key: "b" }];
    const answer = await role.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(answer.Deleted).toMatchObject([{ Key: "mine/x" }]);
    expect(answer.Errors).toMatchObject([{ Key: "b", Code: "AccessDenied" }]);
  });

  test("that is nobody may read only what the policy gives to everybody", async () => {
    const status = async (path: string) => (await fetch(`${gateway.endpoint}/${Bucket}/${path}`)).status;
    expect(await status("open/a")).toBe(403);
    await policy([statement({ Action: "s3:GetObject", Resource: `arn:aws:s3:::${Bucket}/open/*` })]);
    expect([await status("open/a"), await status("b")]).toEqual([200, 403]);
  });

  test("of another account's bucket is refused by the expected owner", async () => {
    const head = (ExpectedBucketOwner: string) =>
      cloud.s3.send(new HeadObjectCommand({ Bucket, Key: "b", ExpectedBucketOwner }));
    await expect(head("111122223333")).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    await head("000000000000");
  });
});
