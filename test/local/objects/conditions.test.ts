import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { startObjects, type ObjectsCloud } from "./support/objects-cloud.ts";

const Bucket = "conditions";
const HOUR = 60 * 60 * 1000;

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-reads.html
 */
describe("a conditional request", () => {
  let cloud: ObjectsCloud;
  let ETag = "";
  beforeAll(async () => {
    cloud = await startObjects();
    await cloud.s3.send(new CreateBucketCommand({ Bucket }));
    ETag = String((await cloud.s3.send(new PutObjectCommand({ Bucket, Key: "there", Body: "x" }))).ETag);
  });
  afterAll(() => cloud.stop());

  const status = (promise: Promise<{ $metadata: { httpStatusCode?: number | undefined } }>) =>
    promise.then(
      ({ $metadata }) => $metadata.httpStatusCode,
      (error: { $metadata: { httpStatusCode?: number } }) => error.$metadata.httpStatusCode,
    );
  const put = (input: object) =>
    status(cloud.s3.send(new PutObjectCommand({ Bucket, Key: "there", Body: "x", ...input })));
  const get = (input: object) =>
    status(cloud.s3.send(new GetObjectCommand({ Bucket, Key: "there", ...input })));

  test("puts with If-None-Match: * only where nothing is there", async () => {
    expect(await put({ IfNoneMatch: "*" })).toBe(412);
    expect(await put({ IfNoneMatch: "*", Key: "new" })).toBe(200);
    expect(await put({ IfNoneMatch: "*", Key: "new" })).toBe(412);
  });

  test("takes no ETag in the If-None-Match of a put", async () => {
    expect(await put({ IfNoneMatch: ETag })).toBe(501);
    expect(await put({ IfNoneMatch: ETag, Key: "never" })).toBe(501);
  });

  test("puts with If-Match only over that object", async () => {
    expect(await put({ IfMatch: ETag })).toBe(200);
    expect(await put({ IfMatch: '"00000000000000000000000000000000"' })).toBe(412);
    expect(await put({ IfMatch: ETag, Key: "missing" })).toBe(404);
  });

  test("deletes with If-Match only that object", async () => {
    await put({ Key: "to-delete" });
    const remove = (IfMatch: string) =>
      status(cloud.s3.send(new DeleteObjectCommand({ Bucket, Key: "to-delete", IfMatch })));
    expect(await remove('"00000000000000000000000000000000"')).toBe(412);
    expect(await remove(ETag)).toBe(204);
  });

  test("lets one of many simultaneous creators win", async () => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        put({ Key: "race", IfNoneMatch: "*", Body: `creator ${index}` + "x".repeat(100_000) }),
      ),
    );
    expect(results.filter((code) => code === 200)).toHaveLength(1);
    expect(results.filter((code) => code === 412)).toHaveLength(19);
  });

  test("takes a delete marker for no object", async () => {
    const versioned = { Bucket: "conditions-versioned", Key: "k" };
    await cloud.s3.send(new CreateBucketCommand(versioned));
    const VersioningConfiguration = { Status: "Enabled" } as const;
    await cloud.s3.send(new PutBucketVersioningCommand({ ...versioned, VersioningConfiguration }));
    await put(versioned);
    expect(await put({ ...versioned, IfNoneMatch: "*" })).toBe(412);
    await cloud.s3.send(new DeleteObjectCommand(versioned));
    expect(await put({ ...versioned, IfNoneMatch: "*" })).toBe(200);
  });

  test.each([
    [{ IfMatch: "same" }, 200],
    [{ IfMatch: '"other"' }, 412],
    [{ IfNoneMatch: "same" }, 304],
    [{ IfNoneMatch: '"other"' }, 200],
    [{ IfModifiedSince: -HOUR }, 200],
    [{ IfModifiedSince: HOUR }, 304],
    [{ IfUnmodifiedSince: -HOUR }, 412],
    [{ IfUnmodifiedSince: HOUR }, 200],
    [{ IfMatch: "same", IfUnmodifiedSince: -HOUR }, 200],
    [{ IfNoneMatch: '"other"', IfModifiedSince: HOUR }, 200],
    [{ IfNoneMatch: "same", IfModifiedSince: -HOUR }, 304],
  ])("reads with %j as %d", async (conditions, expected) => {
    const input = Object.entries(conditions).map(([name, value]) => [
      name,
      typeof value === "number" ? new Date(Date.now() + value) : value === "same" ? ETag : value,
    ]);
    expect(await get(Object.fromEntries(input) as object)).toBe(expected);
  });
});
