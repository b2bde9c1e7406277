import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { startObjects, type ObjectsCloud } from "./support/objects-cloud.ts";

const Bucket = "hostile-keys";
const KEYS = [
  "/leading",
  "//two",
  "a//b",
  "a/./b",
  "../up",
  "a/../../b",
  "%41",
  "%",
  "a+b",
  "a b",
  " edges ",
  "q?x=1&y#z",
  "~!*'()",
  "<a&b>\"'",
  "😀/é/é",
  "line\nbreak\r\ttab",
  "control\u0001\u001f\u007f",
  "\u2028\ufeff",
  "back\\slash",
  "é".repeat(512),
];

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
describe("keys of an object", () => {
  let cloud: ObjectsCloud;
  beforeAll(async () => {
    cloud = await startObjects();
    await cloud.s3.send(new CreateBucketCommand({ Bucket }));
    for (const Key of KEYS)
      await cloud.s3.send(new PutObjectCommand({ Bucket, Key, Body: `body of ${Key}` }));
  });
  afterAll(() => cloud.stop());

  test.each(KEYS)("%j is an object of its own", async (Key) => {
    const { Body } = await cloud.s3.send(new GetObjectCommand({ Bucket, Key }));
    expect(await Body?.transformToString()).toBe(`body of ${Key}`);
  });

  test("are listed by their UTF-8 bytes", async () => {
    const { Contents } = await cloud.s3.send(new ListObjectsV2Command({ Bucket }));
    const sorted = KEYS.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(Contents?.map(({ Key }) => Key)).toEqual(sorted);
  });

  test("are told percent-encoded where the client asks for it", async () => {
    const { Contents } = await cloud.s3.send(new ListObjectsV2Command({ Bucket, EncodingType: "url" }));
    const decoded = Contents?.map(({ Key = "" }) => decodeURIComponent(Key.replaceAll("+", " ")));
    expect(decoded?.toSorted()).toEqual(KEYS.toSorted());
    expect(Contents?.every(({ Key = "" }) => /^[\w.\-*/%+]+$/.test(Key))).toBe(true);
  });

  test("of 1,025 bytes are too long", async () => {
    const put = cloud.s3.send(new PutObjectCommand({ Bucket, Key: "é".repeat(512) + "x", Body: "x" }));
    await expect(put).rejects.toMatchObject({ name: "KeyTooLongError", $metadata: { httpStatusCode: 400 } });
  });

  test("that are no UTF-8 are refused", async () => {
    const answer = await fetch(`${cloud.client.endpoint}/${Bucket}/%ff%fe`, { method: "PUT", body: "x" });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("<Code>InvalidURI</Code>");
  });

  test("can all be deleted in one batch", async () => {
    const bucket = { Bucket: "hostile-deletes" };
    await cloud.s3.send(new CreateBucketCommand(bucket));
    for (const Key of KEYS) await cloud.s3.send(new PutObjectCommand({ ...bucket, Key, Body: "x" }));
    const Objects = KEYS.map((Key) => ({ Key }));
    const answer = await cloud.s3.send(new DeleteObjectsCommand({ ...bucket, Delete: { Objects } }));
    expect(answer.Errors).toBeUndefined();
    expect((await cloud.s3.send(new ListObjectsV2Command(bucket))).KeyCount).toBe(0);
  });
});
