import { createHash, randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type CreateMultipartUploadCommandInput,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { startObjects, until, type ObjectsCloud } from "./support/objects-cloud.ts";

const Bucket = "multipart";
const MB = 1024 * 1024;

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
 */
describe("a multipart upload", () => {
  let cloud: ObjectsCloud;
  beforeAll(async () => {
    cloud = await startObjects();
    await cloud.s3.send(new CreateBucketCommand({ Bucket }));
  });
  afterAll(() => cloud.stop());

  const create = async (Key: string, input: Partial<CreateMultipartUploadCommandInput> = {}) =>
    String((await cloud.s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...input }))).UploadId);
  const part = async (Key: string, UploadId: string, PartNumber: number, Body: Buffer | string) => {
    const { ETag } = await cloud.s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
    return { ETag, PartNumber };
  };
  const complete = (
    Key: string,
    UploadId: string,
    Parts: { ETag?: string | undefined; PartNumber: number }[],
  ) =>
    cloud.s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
  const bytesOf = async (Key: string, input: object = {}) => {
    const { Body } = await cloud.s3.send(new GetObjectCommand({ Bucket, Key, ...input }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };
  const md5 = (bytes: Buffer | string) => createHash("md5").update(bytes).digest();

  test("becomes one object whose ETag follows from its parts", async () => {
    const [one, two] = [randomBytes(5 * MB), randomBytes(1000)];
    const id = await create("two-parts", { ContentType: "text/x", Metadata: { a: "b" } });
    const parts = [await part("two-parts", id, 2, one), await part("two-parts", id, 9, two)];
    expect((await cloud.s3.send(new ListObjectsV2Command({ Bucket, Prefix: "two-parts" }))).KeyCount).toBe(0);
    const { ETag } = await complete("two-parts", id, parts);
    expect(ETag).toBe(`"${md5(Buffer.concat([md5(one), md5(two)])).toString("hex")}-2"`);
    expect((await bytesOf("two-parts")).equals(Buffer.concat([one, two]))).toBe(true);
    const across = await bytesOf("two-parts", { Range: `bytes=${5 * MB - 2}-${5 * MB + 1}` });
    expect(across.equals(Buffer.concat([one.subarray(-2), two.subarray(0, 2)]))).toBe(true);
    expect(await cloud.s3.send(new HeadObjectCommand({ Bucket, Key: "two-parts" }))).toMatchObject({
      ContentType: "text/x",
      Metadata: { a: "b" },
    });
  });

  test("gives back its parts by number", async () => {
    const id = await create("numbered");
    const parts = [
      await part("numbered", id, 1, Buffer.alloc(5 * MB)),
      await part("numbered", id, 2, "tail"),
    ];
    await complete("numbered", id, parts);
    const second = await cloud.s3.send(new GetObjectCommand({ Bucket, Key: "numbered", PartNumber: 2 }));
    expect([await second.Body?.transformToString(), second.PartsCount]).toEqual(["tail", 2]);
    expect(second.ContentRange).toBe(`bytes ${5 * MB}-${5 * MB + 3}/${5 * MB + 4}`);
    const third = cloud.s3.send(new GetObjectCommand({ Bucket, Key: "numbered", PartNumber: 3 }));
    await expect(third).rejects.toMatchObject({ name: "InvalidPartNumber" });
  });

  test("of lib-storage arrives whole, with its checksum over the parts", async () => {
    const bytes = randomBytes(12 * MB);
    const Body = Readable.from([bytes.subarray(0, 7 * MB), bytes.subarray(7 * MB)]);
    await new Upload({ client: cloud.s3, params: { Bucket, Key: "lib-storage", Body } }).done();
    expect((await bytesOf("lib-storage")).equals(bytes)).toBe(true);
    const head = await cloud.s3.send(
      new HeadObjectCommand({ Bucket, Key: "lib-storage", ChecksumMode: "ENABLED" }),
    );
    expect(head).toMatchObject({ ChecksumType: "COMPOSITE", ChecksumCRC32: expect.stringMatching(/-3$/) });
  });

  test.each(["CRC32", "CRC32C", "CRC64NVME"] as const)(
    "has the %s of all of its bytes where that was asked for",
    async (name) => {
      const [one, two] = [randomBytes(5 * MB), randomBytes(777)];
      const choice = { ChecksumAlgorithm: name, ChecksumType: "FULL_OBJECT" } as const;
      const send = async (UploadId: string, PartNumber: number, Body: Buffer) => {
        const input = { Bucket, Key: name, UploadId, PartNumber, Body, ChecksumAlgorithm: name };
        return { PartNumber, ETag: (await cloud.s3.send(new UploadPartCommand(input))).ETag };
      };
      const id = await create(name, choice);
      const whole = await complete(name, id, [await send(id, 1, one), await send(id, 2, two)]);
      const single = {
        Bucket,
        Key: `${name}-single`,
        Body: Buffer.concat([one, two]),
        ChecksumAlgorithm: name,
      };
      const { [`Checksum${name}` as const]: expected } = await cloud.s3.send(new PutObjectCommand(single));
      expect(whole[`Checksum${name}`]).toBe(expected);
      expect(whole.ChecksumType).toBe("FULL_OBJECT");
    },
  );

  test("takes the last of two parts with one number, and leaves out what is not named", async () => {
    const id = await create("replaced");
    await part("replaced", id, 1, "first");
    const again = await part("replaced", id, 1, "second");
    await part("replaced", id, 2, "unnamed");
    await complete("replaced", id, [again]);
    expect(String(await bytesOf("replaced"))).toBe("second");
  });

  test("is refused with parts that are wrong, unordered or too small", async () => {
    const id = await create("refused");
    const [one, two] = [await part("refused", id, 1, "small"), await part("refused", id, 2, "small")];
    const name = (promise: Promise<unknown>) =>
      promise.then(
        () => "done",
        (error: Error) => error.name,
      );
    expect(await name(complete("refused", id, [two, one]))).toBe("InvalidPartOrder");
    expect(await name(complete("refused", id, [{ ...one, ETag: '"x"' }]))).toBe("InvalidPart");
    expect(await name(complete("refused", id, [one, { ETag: one.ETag, PartNumber: 3 }]))).toBe("InvalidPart");
    expect(await name(complete("refused", id, [one, two]))).toBe("EntityTooSmall");
    expect(await name(complete("refused", id, []))).toBe("MalformedXML");
    expect(await name(part("refused", id, 10_001, "x"))).toBe("InvalidArgument");
    expect(await name(complete("refused", id, [two]))).toBe("done");
    expect(await name(complete("refused", id, [two]))).toBe("NoSuchUpload");
  });

  test("that was aborted is gone with its files", async () => {
    const before = filesOnDisk();
    const id = await create("aborted");
    await part("aborted", id, 1, "x");
    expect(filesOnDisk()).toBe(before + 1);
    await cloud.s3.send(new AbortMultipartUploadCommand({ Bucket, Key: "aborted", UploadId: id }));
    expect(filesOnDisk()).toBe(before);
    await expect(part("aborted", id, 2, "x")).rejects.toMatchObject({ name: "NoSuchUpload" });
    expect(filesOnDisk()).toBe(before);
  });

  test("is served to a reader to its end even where it is deleted meanwhile, and its files go then", async () => {
    const before = filesOnDisk();
    const Key = "going";
    const bytes = [randomBytes(20 * MB), randomBytes(5 * MB)] as const;
    const id = await create(Key);
    await complete(Key, id, [await part(Key, id, 1, bytes[0]), await part(Key, id, 2, bytes[1])]);
    const { Body } = await cloud.s3.send(new GetObjectCommand({ Bucket, Key }));
    await cloud.s3.send(new DeleteObjectCommand({ Bucket, Key }));
    const read = Buffer.from((await Body?.transformToByteArray()) ?? []);
    expect(read.equals(Buffer.concat(bytes))).toBe(true);
    await until(() => filesOnDisk() === before);
  });

  test("copies parts out of other objects, by range", async () => {
    await cloud.s3.send(new PutObjectCommand({ Bucket, Key: "source +é", Body: "0123456789" }));
    const id = await create("copied-parts");
    const copy = async (PartNumber: number, CopySourceRange?: string) => {
      const CopySource = `${Bucket}/${encodeURIComponent("source +é")}`;
      const input = { Bucket, Key: "copied-parts", UploadId: id, PartNumber, CopySource, CopySourceRange };
      return {
        PartNumber,
        ETag: (await cloud.s3.send(new UploadPartCopyCommand(input))).CopyPartResult?.ETag,
      };
    };
    await expect(copy(1, "bytes=5-10")).rejects.toMatchObject({ name: "InvalidArgument" });
    await complete("copied-parts", id, [await copy(1, "bytes=2-5")]);
    expect(String(await bytesOf("copied-parts"))).toBe("2345");
  });

  test("is listed with its parts, in pages", async () => {
    const id = await create("listed/a");
    for (const number of [1, 2, 3]) await part("listed/a", id, number, `part ${number}`);
    const page = await cloud.s3.send(
      new ListPartsCommand({ Bucket, Key: "listed/a", UploadId: id, MaxParts: 2 }),
    );
    expect([page.Parts?.map(({ PartNumber }) => PartNumber), page.IsTruncated]).toEqual([[1, 2], true]);
    const PartNumberMarker = page.NextPartNumberMarker;
    const rest = await cloud.s3.send(
      new ListPartsCommand({ Bucket, Key: "listed/a", UploadId: id, PartNumberMarker }),
    );
    expect(rest.Parts).toMatchObject([
      { PartNumber: 3, Size: 6, ETag: `"${md5("part 3").toString("hex")}"` },
    ]);
  });

  test("is listed among the others of its bucket, in pages and by common prefix", async () => {
    const bucket = { Bucket: "multipart-listing" };
    await cloud.s3.send(new CreateBucketCommand(bucket));
    for (const Key of ["a", "a", "b/1", "b/2", "c"])
      await cloud.s3.send(new CreateMultipartUploadCommand({ ...bucket, Key }));
    const found: string[] = [];
    let marker: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
    while (marker !== undefined) {
      const page: Awaited<ReturnType<typeof list>> = await list({ ...marker, MaxUploads: 2 });
      found.push(...(page.Uploads ?? []).map(({ Key }) => String(Key)));
      marker = page.IsTruncated
        ? { KeyMarker: String(page.NextKeyMarker), UploadIdMarker: String(page.NextUploadIdMarker) }
        : undefined;
    }
    expect(found).toEqual(["a", "a", "b/1", "b/2", "c"]);
    const rolled = await list({ Delimiter: "/" });
    expect(rolled.Uploads?.map(({ Key }) => Key)).toEqual(["a", "a", "c"]);
    expect(rolled.CommonPrefixes).toEqual([{ Prefix: "b/" }]);

    function list(input: object) {
      return cloud.s3.send(new ListMultipartUploadsCommand({ ...bucket, ...input }));
    }
  });

  function filesOnDisk(): number {
    return readdirSync(join(cloud.context.dataDir, "objects", "data"), {
      recursive: true,
      withFileTypes: true,
    }).filter((entry) => entry.isFile()).length;
  }
});
