import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type ChecksumAlgorithm,
} from "@aws-sdk/client-s3";
import { Readable } from "node:stream";
import { startObjects, type ObjectsCloud } from "./support/objects-cloud.ts";

const Bucket = "checksums";

/** Of the text "123456789": the check values of the CRC catalogue, and sha1sum and sha256sum. */
const KNOWN = {
  CRC32: Buffer.from("cbf43926", "hex").toString("base64"),
  CRC32C: Buffer.from("e3069283", "hex").toString("base64"),
  CRC64NVME: Buffer.from("ae8b14860a799888", "hex").toString("base64"),
  SHA1: Buffer.from("f7c3bc1d808e04732adf679965ccc34ca7ae3441", "hex").toString("base64"),
  SHA256: Buffer.from("15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225", "hex").toString(
    "base64",
  ),
} as const;

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
describe("checksums", () => {
  let cloud: ObjectsCloud;
  beforeAll(async () => {
    cloud = await startObjects();
    await cloud.s3.send(new CreateBucketCommand({ Bucket }));
  });
  afterAll(() => cloud.stop());

  const names = Object.keys(KNOWN) as (keyof typeof KNOWN)[];

  test.each(names)("%s is computed, kept, and told with checksum mode", async (name) => {
    const value = KNOWN[name];
    const member = `Checksum${name}` as const;
    await cloud.s3.send(new PutObjectCommand({ Bucket, Key: name, Body: "123456789", [member]: value }));
    const head = await cloud.s3.send(new HeadObjectCommand({ Bucket, Key: name, ChecksumMode: "ENABLED" }));
    expect(head[member]).toBe(value);
    expect(head.ChecksumType).toBe("FULL_OBJECT");
    expect((await cloud.s3.send(new HeadObjectCommand({ Bucket, Key: name })))[member]).toBeUndefined();
  });

  test.each(names)("a wrong %s is a bad digest and leaves no object", async (name) => {
    const Key = `wrong-${name}`;
    const put = cloud.s3.send(
      new PutObjectCommand({ Bucket, Key, Body: "something else", [`Checksum${name}`]: KNOWN[name] }),
    );
    await expect(put).rejects.toMatchObject({ name: "BadDigest" });
    expect((await cloud.s3.send(new ListObjectsV2Command({ Bucket, Prefix: Key }))).KeyCount).toBe(0);
  });

  test("the named algorithm has to come with a checksum, and with its own", async () => {
    const put = async (headers: Record<string, string>) => {
      const url = `${cloud.client.endpoint}/${Bucket}/named`;
      const authorization = "AWS4-HMAC-SHA256 Credential=operator/20260101/us-east-1/s3/aws4_request";
      const answer = await fetch(url, {
        method: "PUT",
        body: "123456789",
        headers: { authorization, ...headers },
      });
      return [answer.status, /<Code>(.*)<\/Code>/.exec(await answer.text())?.[1]];
    };
    const named = (algorithm: string) => ({ "x-amz-sdk-checksum-algorithm": algorithm });
    const crc32 = { "x-amz-checksum-crc32": KNOWN.CRC32 };
    expect(await put({ ...named("CRC32"), ...crc32 })).toEqual([200, undefined]);
    expect(await put(named("CRC32"))).toEqual([400, "InvalidRequest"]);
    expect(await put({ ...named("SHA256"), ...crc32 })).toEqual([400, "BadDigest"]);
  });

  test.each(["CRC32", "SHA256"] satisfies ChecksumAlgorithm[])(
    "%s of a stream comes in the trailer of an aws-chunked body",
    async (name) => {
      await cloud.s3.send(
        new PutObjectCommand({
          Bucket,
          Key: "streamed",
          Body: Readable.from([Buffer.from("1234"), Buffer.from("56789")]),
          ContentLength: 9,
          ChecksumAlgorithm: name,
        }),
      );
      const answer = await cloud.s3.send(
        new GetObjectCommand({ Bucket, Key: "streamed", ChecksumMode: "ENABLED" }),
      );
      expect(await answer.Body?.transformToString()).toBe("123456789");
      expect(answer[`Checksum${name}`]).toBe(KNOWN[name]);
      expect(answer.ContentEncoding).toBeUndefined();
    },
  );

  test("a wrong trailer is a bad digest", async () => {
    const answer = await putChunked(`9\r\n123456789\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n`);
    expect(answer).toContain("<Code>BadDigest</Code>");
  });

  test("a trailer that was announced and did not come is an error", async () => {
    expect(await putChunked("9\r\n123456789\r\n0\r\n\r\n")).toContain("<Code>MalformedTrailerError</Code>");
  });

  test("a signed chunked body is decoded, signatures of chunks and trailer included", async () => {
    const signature = `;chunk-signature=${"a".repeat(64)}`;
    const body = `4${signature}\r\n1234\r\n5${signature}\r\n56789\r\n0${signature}\r\nx-amz-checksum-crc32:${KNOWN.CRC32}\r\nx-amz-trailer-signature:${"b".repeat(64)}\r\n\r\n`;
    expect(await putChunked(body, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER")).toBe("");
    const { Body } = await cloud.s3.send(new GetObjectCommand({ Bucket, Key: "chunked" }));
    expect(await Body?.transformToString()).toBe("123456789");
  });

  test.each(["5\r\n12345\r\n0\r\n\r\n", "9\r\n1234", "zz\r\n", "9\r\n123456789xx0\r\n\r\n"])(
    "the broken chunked body %j is incomplete",
    async (body) => {
      expect(await putChunked(body)).toContain("<Code>IncompleteBody</Code>");
    },
  );

  test("a stream of unknown length is refused, as in AWS", async () => {
    const body = Readable.toWeb(Readable.from([Buffer.from("123456789")])) as ReadableStream;
    const put = { method: "PUT", body, duplex: "half" } as const;
    const answer = await fetch(`${cloud.client.endpoint}/${Bucket}/unknown`, put);
    expect([answer.status, await answer.text()]).toEqual([501, expect.stringContaining("Transfer-Encoding")]);
  });

  test("a wrong Content-MD5 is a bad digest, a malformed one an invalid digest", async () => {
    const put = (ContentMD5: string) =>
      cloud.s3.send(new PutObjectCommand({ Bucket, Key: "md5", Body: "123456789", ContentMD5 }));
    await expect(put("AAAAAAAAAAAAAAAAAAAAAA==")).rejects.toMatchObject({ name: "BadDigest" });
    await expect(put("AAAA")).rejects.toMatchObject({ name: "InvalidDigest" });
    await expect(put("JfnnlDI7RTiF9RgfG2JNCw==")).resolves.toMatchObject({ ETag: expect.any(String) });
  });

  test("a body that is not what was signed is refused", async () => {
    const answer = await fetch(`${cloud.client.endpoint}/${Bucket}/signed`, {
      method: "PUT",
      body: "123456789",
      headers: { "x-amz-content-sha256": "0".repeat(64) },
    });
    expect(await answer.text()).toContain("<Code>XAmzContentSHA256Mismatch</Code>");
  });

  test("an object that came without a checksum has CRC-64/NVME", async () => {
    await fetch(`${cloud.client.endpoint}/${Bucket}/plain`, { method: "PUT", body: "123456789" });
    const head = await cloud.s3.send(
      new HeadObjectCommand({ Bucket, Key: "plain", ChecksumMode: "ENABLED" }),
    );
    expect(head.ChecksumCRC64NVME).toBe(KNOWN.CRC64NVME);
  });

  async function putChunked(body: string, kind = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"): Promise<string> {
    const answer = await fetch(`${cloud.client.endpoint}/${Bucket}/chunked`, {
      method: "PUT",
      body,
      headers: {
        "content-encoding": "aws-chunked",
        "x-amz-content-sha256": kind,
        "x-amz-decoded-content-length": "9",
        "x-amz-trailer": "x-amz-checksum-crc32",
      },
    });
    return answer.text();
  }
});
