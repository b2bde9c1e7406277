import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  UploadPartCommand,
  type CopyObjectCommandInput,
} from "@aws-sdk/client-s3";
import { startObjects, type ObjectsCloud } from "./support/objects-cloud.ts";

const Bucket = "copies";
const SOURCE = "a source +%é/😀";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
describe("a copy", () => {
  let cloud: ObjectsCloud;
  const versions: string[] = [];
  beforeAll(async () => {
    cloud = await startObjects();
    await cloud.s3.send(new CreateBucketCommand({ Bucket }));
    await cloud.s3.send(
      new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }),
    );
    for (const Body of ["one", "two"]) {
      const input = {
        Bucket,
        Key: SOURCE,
        Body,
        ContentType: "text/a",
        Metadata: { from: "source" },
        Tagging: "t=1",
      };
      versions.push(String((await cloud.s3.send(new PutObjectCommand(input))).VersionId));
    }
  });
  afterAll(() => cloud.stop());

  const encoded = SOURCE.split("/").map(encodeURIComponent).join("/");
  const copy = (Key: string, input: Partial<CopyObjectCommandInput> = {}) =>
    cloud.s3.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${encoded}`, ...input }));
  const text = async (Key: string) =>
    (await cloud.s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
  const head = (Key: string) => cloud.s3.send(new HeadObjectCommand({ Bucket, Key }));
  const tags = async (Key: string) =>
    (await cloud.s3.send(new GetObjectTaggingCommand({ Bucket, Key }))).TagSet;

  test("has the bytes, metadata and tags of its source, and outlives it", async () => {
    await cloud.s3.send(
      new PutObjectCommand({ Bucket, Key: "passing", Body: "passing", Metadata: { a: "1" } }),
    );
    const answer = await copy("lasting", { CopySource: `/${Bucket}/passing` });
    expect(answer).toMatchObject({ CopySourceVersionId: expect.any(String), VersionId: expect.any(String) });
    const { VersionId } = await head("passing");
    await cloud.s3.send(new DeleteObjectCommand({ Bucket, Key: "passing", VersionId }));
    expect(await text("lasting")).toBe("passing");
    expect((await head("lasting")).Metadata).toEqual({ a: "1" });
    await copy("of-the-source");
    expect(await text("of-the-source")).toBe("two");
    expect(await head("of-the-source")).toMatchObject({
      ContentType: "text/a",
      Metadata: { from: "source" },
    });
    expect(await tags("of-the-source")).toEqual([{ Key: "t", Value: "1" }]);
  });

  test("takes the version that is named", async () => {
    const answer = await copy("first", { CopySource: `${Bucket}/${encoded}?versionId=${versions[0]}` });
    expect(await text("first")).toBe("one");
    expect(answer.CopySourceVersionId).toBe(versions[0]);
  });

  test("takes new metadata and tags where the directives say so", async () => {
    await copy("replaced", {
      MetadataDirective: "REPLACE",
      ContentType: "text/b",
      Metadata: { from: "request" },
      TaggingDirective: "REPLACE",
      Tagging: "u=2",
    });
    expect(await head("replaced")).toMatchObject({ ContentType: "text/b", Metadata: { from: "request" } });
    expect(await tags("replaced")).toEqual([{ Key: "u", Value: "2" }]);
  });

  test("onto itself must change something", async () => {
    await expect(copy(SOURCE)).rejects.toMatchObject({ name: "InvalidRequest" });
    await copy(SOURCE, { MetadataDirective: "REPLACE", Metadata: { changed: "yes" } });
    expect(await text(SOURCE)).toBe("two");
    expect((await head(SOURCE)).Metadata).toEqual({ changed: "yes" });
  });

  test("holds its conditions against the source", async () => {
    const { ETag } = await head(SOURCE);
    await expect(copy("c", { CopySourceIfMatch: '"x"' })).rejects.toMatchObject({
      name: "PreconditionFailed",
    });
    await expect(copy("c", { CopySourceIfNoneMatch: String(ETag) })).rejects.toMatchObject({
      name: "PreconditionFailed",
    });
    await expect(copy("c", { CopySource: `${Bucket}/missing` })).rejects.toMatchObject({ name: "NoSuchKey" });
    await expect(copy("c", { CopySource: "nowhere/missing" })).rejects.toMatchObject({
      name: "NoSuchBucket",
    });
    await expect(copy("c", { CopySource: "nowhere" })).rejects.toMatchObject({ name: "InvalidArgument" });
    await copy("c", { CopySourceIfMatch: String(ETag) });
  });

  test("of an object of parts is one piece, with an ETag of its bytes", async () => {
    const upload = { Bucket, Key: "parts" };
    const { UploadId } = await cloud.s3.send(new CreateMultipartUploadCommand(upload));
    const { ETag } = await cloud.s3.send(
      new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: "123456789" }),
    );
    const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
    await cloud.s3.send(new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload }));
    const { CopyObjectResult } = await copy("whole", { CopySource: `${Bucket}/parts` });
    expect(CopyObjectResult?.ETag).toBe('"25f9e794323b453885f5181f1b624d0b"');
    expect(await text("whole")).toBe("123456789");
  });
});
