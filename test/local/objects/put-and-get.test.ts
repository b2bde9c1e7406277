import { randomBytes } from "node:crypto";
import {
  createReadStream,
  createWriteStream,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { startObjects, type ObjectsCloud } from "./support/objects-cloud.ts";

const Bucket = "put-and-get";

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
 */
describe("an object", () => {
  let cloud: ObjectsCloud;
  beforeAll(async () => {
    cloud = await startObjects();
    await cloud.s3.send(new CreateBucketCommand({ Bucket }));
  });
  afterAll(() => cloud.stop());

  test("of 64 MB goes in and out as a stream, unchanged", async () => {
    const folder = mkdtempSync(join(tmpdir(), "put-and-get-"));
    const file = join(folder, "in");
    const bytes = randomBytes(64 * 1024 * 1024);
    writeFileSync(file, bytes);
    await cloud.s3.send(
      new PutObjectCommand({ Bucket, Key: "big", Body: createReadStream(file), ContentLength: bytes.length }),
    );
    const { Body } = await cloud.s3.send(new GetObjectCommand({ Bucket, Key: "big" }));
    await pipeline(Body as Readable, createWriteStream(join(folder, "out")));
    expect(readFileSync(join(folder, "out")).equals(bytes)).toBe(true);
    rmSync(folder, { recursive: true });
  });

  test("of no bytes is an object", async () => {
    await cloud.s3.send(new PutObjectCommand({ Bucket, Key: "empty", Body: new Uint8Array() }));
    const { Body, ContentLength, ETag } = await cloud.s3.send(new GetObjectCommand({ Bucket, Key: "empty" }));
    expect([ContentLength, await Body?.transformToString(), ETag]).toEqual([
      0,
      "",
      '"d41d8cd98f00b204e9800998ecf8427e"',
    ]);
  });

  test("keeps its content headers, metadata, storage class and count of tags", async () => {
    await cloud.s3.send(
      new PutObjectCommand({
        Bucket,
        Key: "described",
        Body: "x",
        ContentType: "image/webp",
        CacheControl: "no-store",
        ContentDisposition: 'attachment; filename="a.webp"',
        ContentEncoding: "gzip",
        ContentLanguage: "de",
        StorageClass: "STANDARD_IA",
        Tagging: "a=1&b=2",
        Metadata: { plain: "text", accent: "=?UTF-8?B?w6k=?=" },
      }),
    );
    const head = await cloud.s3.send(new HeadObjectCommand({ Bucket, Key: "described" }));
    expect(head).toMatchObject({
      ContentLength: 1,
      ContentType: "image/webp",
      CacheControl: "no-store",
      ContentDisposition: 'attachment; filename="a.webp"',
      ContentEncoding: "gzip",
      ContentLanguage: "de",
      StorageClass: "STANDARD_IA",
      TagCount: 2,
      Metadata: { plain: "text", accent: "=?UTF-8?B?w6k=?=" },
    });
  });

  test.each([
    ["bytes=0-0", "0", "bytes 0-0/10"],
    ["bytes=2-4", "234", "bytes 2-4/10"],
    ["bytes=7-", "789", "bytes 7-9/10"],
    ["bytes=-3", "789", "bytes 7-9/10"],
    ["bytes=5-500", "56789", "bytes 5-9/10"],
    ["bytes=-500", "0123456789", "bytes 0-9/10"],
  ])("answers the range %s", async (Range, text, ContentRange) => {
    await cloud.s3.send(new PutObjectCommand({ Bucket, Key: "digits", Body: "0123456789" }));
    const answer = await cloud.s3.send(new GetObjectCommand({ Bucket, Key: "digits", Range }));
    expect(answer.$metadata.httpStatusCode).toBe(206);
    expect([await answer.Body?.transformToString(), answer.ContentRange]).toEqual([text, ContentRange]);
  });

  test.each(["bytes=10-12", "bytes=-0"])("refuses the range %s, which holds no byte", async (Range) => {
    await cloud.s3.send(new PutObjectCommand({ Bucket, Key: "digits", Body: "0123456789" }));
    const get = cloud.s3.send(new GetObjectCommand({ Bucket, Key: "digits", Range }));
    await expect(get).rejects.toMatchObject({ name: "InvalidRange", $metadata: { httpStatusCode: 416 } });
  });

  test("is not there after a put that broke off in the middle", async () => {
    await new Promise<void>((resolve) => {
      const { hostname, port } = new URL(cloud.client.endpoint);
      const put = httpRequest({
        hostname,
        port,
        method: "PUT",
        path: `/${Bucket}/half`,
        headers: { "content-length": 1000 },
      });
      put.on("error", () => resolve());
      put.write("only this much", () => put.destroy());
      put.on("close", resolve);
    });
    const { Contents = [] } = await cloud.s3.send(new ListObjectsV2Command({ Bucket, Prefix: "half" }));
    expect(Contents).toEqual([]);
  });

  test("is read whole by other services", async () => {
    await cloud.s3.send(new PutObjectCommand({ Bucket, Key: "template.json", Body: "{}" }));
    expect(String(await cloud.service.read(Bucket, "template.json"))).toBe("{}");
    await expect(cloud.service.read(Bucket, "missing")).rejects.toMatchObject({ code: "NoSuchKey" });
    await expect(cloud.service.read("missing", "missing")).rejects.toMatchObject({ code: "NoSuchBucket" });
  });

  test("is found by a bucket in the host name, too", async () => {
    await cloud.s3.send(new PutObjectCommand({ Bucket, Key: "by/host", Body: "here" }));
    const { port } = new URL(cloud.client.endpoint);
    for (const host of [
      `${Bucket}.s3.amazonaws.com`,
      `${Bucket}.s3.us-east-1.amazonaws.com`,
      `${Bucket}.localhost:${port}`,
    ]) {
      expect(await textAt(port, "/by/host", host)).toBe("here");
    }
  });
});

function textAt(port: string, path: string, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    httpRequest({ host: "127.0.0.1", port, path, headers: { host } }, (answer) => {
      answer.toArray().then((chunks) => resolve(Buffer.concat(chunks as Buffer[]).toString()), reject);
    })
      .on("error", reject)
      .end();
  });
}
