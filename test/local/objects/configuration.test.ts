import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CreateBucketCommand,
  DeleteBucketCorsCommand,
  DeleteBucketEncryptionCommand,
  DeleteBucketLifecycleCommand,
  DeleteBucketPolicyCommand,
  DeleteBucketTaggingCommand,
  DeleteObjectTaggingCommand,
  DeletePublicAccessBlockCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetObjectTaggingCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListObjectVersionsCommand,
  PutBucketCorsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { startObjects, type ObjectsCloud } from "./support/objects-cloud.ts";

const Bucket = "configuration";

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingBucket.html#bucket-config-options-intro
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
describe("a bucket", () => {
  let cloud: ObjectsCloud;
  beforeAll(async () => {
    cloud = await startObjects();
    await cloud.s3.send(new CreateBucketCommand({ Bucket }));
  });
  afterAll(() => cloud.stop());

  test("is told with its region", async () => {
    expect((await cloud.s3.send(new HeadBucketCommand({ Bucket }))).BucketRegion).toBe("us-east-1");
    expect(
      (await cloud.s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint,
    ).toBeUndefined();
    const elsewhere = {
      Bucket: "in-europe",
      CreateBucketConfiguration: { LocationConstraint: "eu-west-1" },
    } as const;
    await cloud.s3.send(new CreateBucketCommand(elsewhere));
    const location = await cloud.s3.send(new GetBucketLocationCommand({ Bucket: "in-europe" }));
    expect(location.LocationConstraint).toBe("eu-west-1");
    await expect(cloud.s3.send(new CreateBucketCommand(elsewhere))).rejects.toMatchObject({
      name: "BucketAlreadyOwnedByYou",
    });
    await expect(cloud.s3.send(new HeadBucketCommand({ Bucket: "missing" }))).rejects.toMatchObject({
      name: "NotFound",
    });
  });

  test.each(["ab", "Upper", "a_b", "a..b", "192.168.0.1", "-a-", "x".repeat(64), "xn--abc"])(
    "is not named %j",
    async (name) => {
      const answer = await fetch(`${cloud.client.endpoint}/${name}`, { method: "PUT" });
      expect([answer.status, await answer.text()]).toEqual([
        400,
        expect.stringContaining("InvalidBucketName"),
      ]);
    },
  );

  test("is encrypted, private and without ACLs unless told otherwise", async () => {
    const { ServerSideEncryptionConfiguration } = await cloud.s3.send(
      new GetBucketEncryptionCommand({ Bucket }),
    );
    expect(
      ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
    ).toBe("AES256");
    const { PublicAccessBlockConfiguration } = await cloud.s3.send(
      new GetPublicAccessBlockCommand({ Bucket }),
    );
    expect(PublicAccessBlockConfiguration?.BlockPublicPolicy).toBe(true);
    const { OwnershipControls } = await cloud.s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
    expect(OwnershipControls?.Rules?.[0]?.ObjectOwnership).toBe("BucketOwnerEnforced");
    expect(
      (await cloud.s3.send(new GetBucketNotificationConfigurationCommand({ Bucket })))
        .EventBridgeConfiguration,
    ).toBeUndefined();
    const put = cloud.s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x", ACL: "public-read" }));
    await expect(put).rejects.toMatchObject({ name: "AccessControlListNotSupported" });
  });

  test("keeps its lifecycle, and says where it has none", async () => {
    const get = () => cloud.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    await expect(get()).rejects.toMatchObject({ name: "NoSuchLifecycleConfiguration" });
    const Rules = [
      { ID: "r", Status: "Enabled" as const, Filter: { Prefix: "a&b/" }, Expiration: { Days: 3 } },
    ];
    await cloud.s3.send(
      new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }),
    );
    expect((await get()).Rules).toEqual(Rules);
    await cloud.s3.send(new DeleteBucketLifecycleCommand({ Bucket }));
    await expect(get()).rejects.toMatchObject({ name: "NoSuchLifecycleConfiguration" });
  });

  test("keeps its CORS rules", async () => {
    const CORSRules = [{ AllowedMethods: ["GET"], AllowedOrigins: ["https://a.example"], MaxAgeSeconds: 5 }];
    await cloud.s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));
    expect((await cloud.s3.send(new GetBucketCorsCommand({ Bucket }))).CORSRules).toEqual(CORSRules);
    await cloud.s3.send(new DeleteBucketCorsCommand({ Bucket }));
    const get = cloud.s3.send(new GetBucketCorsCommand({ Bucket }));
    await expect(get).rejects.toMatchObject({ name: "NoSuchCORSConfiguration" });
  });

  test("keeps its encryption, and goes back to the usual one", async () => {
    const algorithm = async () => {
      const answer = await cloud.s3.send(new GetBucketEncryptionCommand({ Bucket }));
      return answer.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault
        ?.SSEAlgorithm;
    };
    const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" as const } }];
    await cloud.s3.send(
      new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }),
    );
    expect(await algorithm()).toBe("aws:kms");
    await cloud.s3.send(new DeleteBucketEncryptionCommand({ Bucket }));
    expect(await algorithm()).toBe("AES256");
  });

  test("keeps its public access block and ownership", async () => {
    const PublicAccessBlockConfiguration = { BlockPublicAcls: true, BlockPublicPolicy: false };
    await cloud.s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
    const get = () => cloud.s3.send(new GetPublicAccessBlockCommand({ Bucket }));
    expect((await get()).PublicAccessBlockConfiguration).toMatchObject(PublicAccessBlockConfiguration);
    await cloud.s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
    await expect(get()).rejects.toMatchObject({ name: "NoSuchPublicAccessBlockConfiguration" });
    const Rules = [{ ObjectOwnership: "BucketOwnerPreferred" as const }];
    await cloud.s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules } }));
    const controls = await cloud.s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
    expect(controls.OwnershipControls?.Rules).toEqual(Rules);
  });

  test("keeps its policy as it was written", async () => {
    const Policy = `{ "Version": "2012-10-17", "Statement":
      [{ "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::${Bucket}/x" }] }`;
    await cloud.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    expect((await cloud.s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(Policy);
    await cloud.s3.send(new DeleteBucketPolicyCommand({ Bucket }));
    const get = cloud.s3.send(new GetBucketPolicyCommand({ Bucket }));
    await expect(get).rejects.toMatchObject({ name: "NoSuchBucketPolicy" });
    const put = cloud.s3.send(new PutBucketPolicyCommand({ Bucket, Policy: "no JSON" }));
    await expect(put).rejects.toMatchObject({ name: "MalformedPolicy" });
  });

  test("has tags, as its objects have", async () => {
    const get = () => cloud.s3.send(new GetBucketTaggingCommand({ Bucket }));
    await expect(get()).rejects.toMatchObject({ name: "NoSuchTagSet" });
    const TagSet = [{ Key: "a<b", Value: "é & 1" }];
    await cloud.s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
    expect((await get()).TagSet).toEqual(TagSet);
    await cloud.s3.send(new DeleteBucketTaggingCommand({ Bucket }));
    await expect(get()).rejects.toMatchObject({ name: "NoSuchTagSet" });
  });

  test("changes the tags of an object and nothing else of it", async () => {
    const input = { Bucket, Key: "tagged" };
    await cloud.s3.send(new PutObjectCommand({ ...input, Body: "kept" }));
    const TagSet = Array.from({ length: 10 }, (_, index) => ({ Key: `k${index}`, Value: "v" }));
    const put = (tags: typeof TagSet) =>
      cloud.s3.send(new PutObjectTaggingCommand({ ...input, Tagging: { TagSet: tags } }));
    await put(TagSet);
    expect((await cloud.s3.send(new GetObjectTaggingCommand(input))).TagSet).toEqual(TagSet);
    expect(String(await cloud.service.read(Bucket, "tagged"))).toBe("kept");
    await expect(put([...TagSet, { Key: "k10", Value: "v" }])).rejects.toMatchObject({ name: "BadRequest" });
    await cloud.s3.send(new DeleteObjectTaggingCommand(input));
    expect((await cloud.s3.send(new GetObjectTaggingCommand(input))).TagSet).toEqual([]);
    const { Versions = [] } = await cloud.s3.send(
      new ListObjectVersionsCommand({ Bucket, Prefix: "tagged" }),
    );
    expect(Versions).toHaveLength(1);
  });

  test.each([
    ["GET", "?accelerate"],
    ["GET", "?replication"],
    ["PUT", "?website"],
    ["GET", "?object-lock"],
    ["GET", "/key?torrent"],
    ["PUT", "/key?legal-hold"],
    ["POST", "/key?restore"],
    ["POST", "/key?select&select-type=2"],
  ])("refuses %s %s by name", async (method, path) => {
    const answer = await fetch(`${cloud.client.endpoint}/${Bucket}${path}`, { method });
    const text = await answer.text();
    expect(answer.status).toBe(501);
    expect(text).toContain("<Code>NotImplemented</Code>");
    expect(text).toContain(path.split("?")[1]?.split("&")[0]);
  });

  test("answers an error as S3 does", async () => {
    const answer = await fetch(`${cloud.client.endpoint}/${Bucket}/missing%20key`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "application/xml"]);
    expect(await answer.text()).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<Error><Code>NoSuchKey<\/Code><Message>The specified key does not exist.<\/Message><Key>missing key<\/Key><Resource>.*<\/Resource><RequestId>[0-9A-F]{16}<\/RequestId><HostId>.+<\/HostId><\/Error>$/,
    );
  });
});
