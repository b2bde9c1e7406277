import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import {
  DeleteObjectCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import type { ResourceContext, ResourceProvider } from "#local/cloudformation/resource-provider.ts";
import { startObjects, until, type ObjectsCloud } from "./support/objects-cloud.ts";

let cloud: ObjectsCloud;
let unsupported: string[] = [];
const context: ResourceContext = {
  logicalId: "UploadsBucket",
  stackName: "toy",
  stackId: "arn:aws:cloudformation:us-east-1:000000000000:stack/toy/1",
  generateName: ({ maxLength, lowercase }) => {
    const name = `Toy-UploadsBucket-${Math.random().toString(36).slice(2, 14)}`.slice(0, maxLength);
    return lowercase === true ? name.toLowerCase() : name;
  },
  unsupported: (path) => void unsupported.push(path),
};
const provider = (type: string): ResourceProvider => {
  const found = cloud.service.resources?.find((candidate) => candidate.type === type);
  if (found === undefined) throw new Error(`there is no provider for ${type}`);
  return found;
};

beforeAll(async () => {
  cloud = await startObjects();
});
afterAll(() => cloud.stop());
beforeEach(() => void (unsupported = []));

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html */
describe("AWS::S3::Bucket", () => {
  const create = (properties: object) => provider("AWS::S3::Bucket").create({ ...properties }, context);

  test("makes a private bucket with a lower-case name and S3's attributes", async () => {
    const { physicalId, attributes } = await create({});
    expect(physicalId).toMatch(/^toy-uploadsbucket-[a-z0-9]+$/);
    expect(attributes).toEqual({
      Arn: `arn:aws:s3:::${physicalId}`,
      DomainName: `${physicalId}.s3.amazonaws.com`,
      DualStackDomainName: `${physicalId}.s3.dualstack.us-east-1.amazonaws.com`,
      RegionalDomainName: `${physicalId}.s3.us-east-1.amazonaws.com`,
      WebsiteURL: `http://${physicalId}.s3-website-us-east-1.amazonaws.com`,
    });
    await cloud.s3.send(new HeadBucketCommand({ Bucket: physicalId }));
  });

  test("configures it as its template says, in words that S3's own API answers", async () => {
    const { physicalId: Bucket } = await create({
      BucketName: "configured",
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" }, BucketKeyEnabled: true },
        ],
      },
      CorsConfiguration: {
        CorsRules: [{ Id: "c", AllowedMethods: ["GET", "PUT"], AllowedOrigins: ["*"], MaxAge: 60 }],
      },
      LifecycleConfiguration: {
        Rules: [
          {
            Id: "old",
            Status: "Enabled",
            Prefix: "tmp/",
            TagFilters: [{ Key: "a", Value: "b" }],
            ExpirationInDays: "7",
            NoncurrentVersionExpiration: { NoncurrentDays: 30, NewerNoncurrentVersions: 2 },
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
            Transitions: [{ StorageClass: "GLACIER_IR", TransitionInDays: 90 }],
          },
        ],
      },
      PublicAccessBlockConfiguration: { BlockPublicAcls: "true" },
      Tags: [{ Key: "team", Value: "a" }],
      VersioningConfiguration: { Status: "Enabled" },
    });
    const { ServerSideEncryptionConfiguration } = await cloud.s3.send(
      new GetBucketEncryptionCommand({ Bucket }),
    );
    expect(ServerSideEncryptionConfiguration?.Rules).toMatchObject([
      { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" }, BucketKeyEnabled: true },
    ]);
    expect((await cloud.s3.send(new GetBucketCorsCommand({ Bucket }))).CORSRules).toEqual([
      { ID: "c", AllowedMethods: ["GET", "PUT"], AllowedOrigins: ["*"], MaxAgeSeconds: 60 },
    ]);
    expect((await cloud.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules).toEqual([
      {
        ID: "old",
        Status: "Enabled",
        Filter: { And: { Prefix: "tmp/", Tags: [{ Key: "a", Value: "b" }] } },
        Expiration: { Days: 7 },
        NoncurrentVersionExpiration: { NoncurrentDays: 30, NewerNoncurrentVersions: 2 },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
        Transitions: [{ StorageClass: "GLACIER_IR", Days: 90 }],
      },
    ]);
    const { PublicAccessBlockConfiguration } = await cloud.s3.send(
      new GetPublicAccessBlockCommand({ Bucket }),
    );
    expect(PublicAccessBlockConfiguration).toMatchObject({ BlockPublicAcls: true, BlockPublicPolicy: false });
    expect((await cloud.s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe("Enabled");
    expect((await cloud.s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual([
      { Key: "team", Value: "a" },
      { Key: "aws:cloudformation:logical-id", Value: "UploadsBucket" },
      { Key: "aws:cloudformation:stack-id", Value: context.stackId },
      { Key: "aws:cloudformation:stack-name", Value: "toy" },
    ]);
  });

  test.each([{ EventBridgeConfiguration: {} }, { EventBridgeConfiguration: { EventBridgeEnabled: true } }])(
    "with %j tells EventBridge of its objects, with the tags of its stack",
    async (NotificationConfiguration) => {
      const { physicalId: Bucket } = await create({ NotificationConfiguration });
      const answer = await cloud.s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
      expect(answer.EventBridgeConfiguration).toEqual({});
      cloud.events.splice(0);
      await cloud.s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
      await until(() => cloud.events.length === 1);
      expect(cloud.events[0]?.detail).toMatchObject({
        bucket: {
          name: Bucket,
          "aws-generated-tags": {
            "aws:cloudformation:stack-id": context.stackId,
            "aws:cloudformation:logical-id": "UploadsBucket",
            "aws:cloudformation:stack-name": "toy",
          },
        },
      });
    },
  );

  test("names the notifications that it does not send", async () => {
    await create({ NotificationConfiguration: { LambdaConfigurations: [] } });
    expect(unsupported).toEqual(["NotificationConfiguration.LambdaConfigurations"]);
  });

  test("is made once where it is made again, and refused to another stack", async () => {
    const properties = { BucketName: "made-twice" };
    expect(await create(properties)).toEqual(await create(properties));
    const other = provider("AWS::S3::Bucket").create(properties, { ...context, stackId: "another" });
    await expect(other).rejects.toMatchObject({ message: "made-twice already exists" });
  });

  test("loses on an update what its template no longer says, but never its versions", async () => {
    const before = {
      BucketName: "updated",
      LifecycleConfiguration: { Rules: [{ Status: "Enabled", ExpirationInDays: 1 }] },
      NotificationConfiguration: { EventBridgeConfiguration: {} },
      VersioningConfiguration: { Status: "Enabled" },
    };
    const state = await create(before);
    await provider("AWS::S3::Bucket").update(state, { BucketName: "updated" }, before, context);
    const Bucket = "updated";
    const lifecycle = cloud.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    await expect(lifecycle).rejects.toMatchObject({ name: "NoSuchLifecycleConfiguration" });
    const notifications = await cloud.s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    expect(notifications.EventBridgeConfiguration).toBeUndefined();
    expect((await cloud.s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe("Suspended");
  });

  test("is deleted only when it is empty, and twice with success", async () => {
    const state = await create({ BucketName: "deleted" });
    await cloud.s3.send(new PutObjectCommand({ Bucket: "deleted", Key: "k", Body: "x" }));
    const remove = () => provider("AWS::S3::Bucket").delete(state, {}, context);
    await expect(remove()).rejects.toMatchObject({ code: "BucketNotEmpty" });
    await cloud.s3.send(new DeleteObjectCommand({ Bucket: "deleted", Key: "k" }));
    await remove();
    await remove();
    await expect(cloud.s3.send(new HeadBucketCommand({ Bucket: "deleted" }))).rejects.toMatchObject({
      name: "NotFound",
    });
  });
});

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucketpolicy.html */
describe("AWS::S3::BucketPolicy", () => {
  test("is the policy of its bucket, until it is deleted", async () => {
    const { physicalId: Bucket } = await provider("AWS::S3::Bucket").create(
      { BucketName: "with-policy" },
      context,
    );
    const Statement = [
      { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "arn:aws:s3:::with-policy/*" },
    ];
    const PolicyDocument = { Version: "2012-10-17", Statement };
    const properties = { Bucket, PolicyDocument };
    const state = await provider("AWS::S3::BucketPolicy").create(properties, context);
    const get = async () => (await cloud.s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy;
    expect(JSON.parse(String(await get()))).toEqual(PolicyDocument);
    await provider("AWS::S3::BucketPolicy").delete(state, properties, context);
    await expect(get()).rejects.toMatchObject({ name: "NoSuchBucketPolicy" });
    await provider("AWS::S3::BucketPolicy").delete(
      { physicalId: "gone", attributes: {} },
      properties,
      context,
    );
  });
});
