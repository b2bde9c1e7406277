import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { startObjects, type ObjectsCloud } from "./support/objects-cloud.ts";

let cloud: ObjectsCloud;
let count = 0;
let Bucket = "";
beforeAll(async () => {
  cloud = await startObjects();
});
afterAll(() => cloud.stop());
beforeEach(async () => {
  count += 1;
  Bucket = `versioning-${count}`;
  await cloud.s3.send(new CreateBucketCommand({ Bucket }));
});

const version = (Status: "Enabled" | "Suspended") =>
  cloud.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
const put = (Body: string) => cloud.s3.send(new PutObjectCommand({ Bucket, Key: "k", Body }));
const remove = (VersionId?: string) =>
  cloud.s3.send(new DeleteObjectCommand({ Bucket, Key: "k", VersionId }));
const get = async (VersionId?: string) => {
  const { Body } = await cloud.s3.send(new GetObjectCommand({ Bucket, Key: "k", VersionId }));
  return Body?.transformToString();
};
/** E.g. ["v2*", "null"], newest first, the latest with a star, delete markers as "-". */
const listed = async (names: Readonly<Record<string, string>> = {}) => {
  const { Versions = [], DeleteMarkers = [] } = await cloud.s3.send(
    new ListObjectVersionsCommand({ Bucket }),
  );
  const all = [...Versions, ...DeleteMarkers.map((marker) => ({ ...marker, isMarker: true }))];
  return all.map((entry) => {
    const name = "isMarker" in entry ? "-" : (names[String(entry.VersionId)] ?? String(entry.VersionId));
    return `${name}${entry.IsLatest ? "*" : ""}`;
  });
};

describe("a bucket without versioning", () => {
  test("says so, keeps one object per key, and tells no version ids", async () => {
    expect((await cloud.s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
    expect((await put("1")).VersionId).toBeUndefined();
    await put("2");
    expect(await get()).toBe("2");
    expect(await listed()).toEqual(["null*"]);
    await remove();
    expect(await listed()).toEqual([]);
  });

  test("deletes what is not there with success", async () => {
    expect((await remove()).$metadata.httpStatusCode).toBe(204);
  });
});

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html
 */
describe("a bucket with versioning", () => {
  beforeEach(() => version("Enabled"));

  test("keeps each version under an id of its own", async () => {
    const [one, two] = [await put("1"), await put("2")];
    expect([await get(), await get(one.VersionId), await get(two.VersionId)]).toEqual(["2", "1", "2"]);
    expect(one.VersionId).toMatch(/^[\w.]{32}$/);
  });

  test("deletes by a marker, which is an answer of its own to get and head", async () => {
    const one = await put("1");
    const marker = await remove();
    expect(marker).toMatchObject({ DeleteMarker: true, VersionId: expect.any(String) });
    await expect(get()).rejects.toMatchObject({ name: "NoSuchKey" });
    await expect(get(marker.VersionId)).rejects.toMatchObject({ name: "MethodNotAllowed" });
    const answer = await fetch(`${cloud.client.endpoint}/${Bucket}/k`, { method: "HEAD" });
    expect([answer.status, answer.headers.get("x-amz-delete-marker")]).toEqual([404, "true"]);
    expect(await get(one.VersionId)).toBe("1");
  });

  test("undeletes where the marker itself is deleted", async () => {
    await put("1");
    const { VersionId } = await remove();
    expect(await remove(VersionId)).toMatchObject({ DeleteMarker: true, VersionId });
    expect(await get()).toBe("1");
  });

  test("makes the version before the newest where the latest is deleted for good", async () => {
    const [one, two, three] = [await put("1"), await put("2"), await put("3")];
    await remove(three.VersionId);
    expect(await get()).toBe("2");
    await remove(one.VersionId);
    expect(await listed({ [String(two.VersionId)]: "two" })).toEqual(["two*"]);
    await expect(get(one.VersionId)).rejects.toMatchObject({ name: "NoSuchVersion" });
  });

  test("tells a malformed version id from an unknown one", async () => {
    await put("1");
    await expect(get("x")).rejects.toMatchObject({ name: "InvalidArgument" });
    await expect(get("A".repeat(32))).rejects.toMatchObject({ name: "NoSuchVersion" });
  });

  test("is not empty, and so cannot be deleted, while it holds a marker", async () => {
    const { VersionId } = await remove();
    const deletion = cloud.s3.send(new DeleteBucketCommand({ Bucket }));
    await expect(deletion).rejects.toMatchObject({
      name: "BucketNotEmpty",
      $metadata: { httpStatusCode: 409 },
    });
    await remove(VersionId);
    await cloud.s3.send(new DeleteBucketCommand({ Bucket }));
  });

  test("deletes in a batch by marker and by version, each as asked", async () => {
    const one = await put("1");
    const Objects = [{ Key: "k" }, { Key: "k", VersionId: one.VersionId }, { Key: "k", VersionId: "x" }];
    const answer = await cloud.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(answer.Deleted).toMatchObject([
      { Key: "k", DeleteMarker: true },
      { Key: "k", VersionId: one.VersionId },
    ]);
    expect(answer.Errors).toMatchObject([{ Key: "k", VersionId: "x", Code: "InvalidArgument" }]);
    expect(await listed()).toEqual(["-*"]);
  });
});

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/VersionSuspendedBehavior.html */
describe("a bucket whose versioning was suspended", () => {
  test("keeps what it has and puts under the id null", async () => {
    await put("before");
    await version("Enabled");
    const two = await put("2");
    await version("Suspended");
    await put("3");
    expect(await listed({ [String(two.VersionId)]: "two" })).toEqual(["null*", "two"]);
    await put("4");
    expect([await get(), await get("null"), await get(two.VersionId)]).toEqual(["4", "4", "2"]);
  });

  test("deletes by a marker with the id null, which replaces the null version", async () => {
    await version("Enabled");
    const one = await put("1");
    await version("Suspended");
    await put("2");
    expect(await remove()).toMatchObject({ DeleteMarker: true, VersionId: "null" });
    expect(await listed({ [String(one.VersionId)]: "one" })).toEqual(["one", "-*"]);
    await remove("null");
    expect(await get()).toBe("1");
  });

  test("tells the version in the answer to head", async () => {
    await version("Suspended");
    await put("1");
    expect((await cloud.s3.send(new HeadObjectCommand({ Bucket, Key: "k" }))).VersionId).toBe("null");
  });
});
