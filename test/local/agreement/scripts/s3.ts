import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { Script } from "../script.ts";

const Bucket = "agreement-bucket";
const MB = 1024 * 1024;

export const s3Script: Script = {
  service: "S3",
  steps(settings) {
    const s3 = new S3Client(settings);
    const put = (Key: string, Body: string, more: object = {}) =>
      s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
    const get = async (Key: string, more: object = {}) => {
      const { Body, ContentLength, ContentRange, ContentType, ETag, Metadata } = await s3.send(
        new GetObjectCommand({ Bucket, Key, ...more }),
      );
      return {
        body: await Body?.transformToString(),
        ContentLength,
        ContentRange,
        ContentType,
        ETag,
        Metadata,
      };
    };
    let upload: { Bucket: string; Key: string; UploadId: string | undefined };
    let part: string | undefined;
    let tail: string | undefined;
    return [
      ["get from no bucket", () => get("a")],
      ["create a bucket", async () => (await s3.send(new CreateBucketCommand({ Bucket }))).Location],
      ["create it again", async () => (await s3.send(new CreateBucketCommand({ Bucket }))).Location],
      [
        "put",
        async () => (await put("a", "hello", { ContentType: "text/plain", Metadata: { one: "1" } })).ETag,
      ],
      ["get", () => get("a")],
      ["get what is not there", () => get("missing")],
      ["head what is not there", () => s3.send(new HeadObjectCommand({ Bucket, Key: "missing" }))],
      ["a range", () => get("a", { Range: "bytes=1-3" })],
      ["the last bytes", () => get("a", { Range: "bytes=-2" })],
      ["a range beyond the end", () => get("a", { Range: "bytes=10-20" })],
      ["get if it matches not", () => get("a", { IfMatch: '"0"' })],
      ["get if it is another", () => get("a", { IfNoneMatch: '"5d41402abc4b2a76b9719d911017c592"' })],
      ["put only if absent", async () => (await put("a", "again", { IfNoneMatch: "*" })).ETag],
      [
        "copy",
        async () =>
          (await s3.send(new CopyObjectCommand({ Bucket, Key: "c/d", CopySource: `${Bucket}/a` })))
            .CopyObjectResult?.ETag,
      ],
      [
        "copy onto itself",
        () => s3.send(new CopyObjectCommand({ Bucket, Key: "a", CopySource: `${Bucket}/a` })),
      ],
      [
        "a key with odd characters",
        async () => {
          await put("c/über +%&.txt", "x");
          return get("c/über +%&.txt");
        },
      ],
      [
        "list with a delimiter",
        async () => {
          const { Contents, CommonPrefixes, KeyCount } = await s3.send(
            new ListObjectsV2Command({ Bucket, Delimiter: "/" }),
          );
          return {
            keys: Contents?.map(({ Key, Size, ETag }) => ({ Key, Size, ETag })),
            CommonPrefixes,
            KeyCount,
          };
        },
      ],
      [
        "list one at a time",
        async () => {
          const { Contents, IsTruncated, MaxKeys } = await s3.send(
            new ListObjectsV2Command({ Bucket, MaxKeys: 1 }),
          );
          return { keys: Contents?.map(({ Key }) => Key), IsTruncated, MaxKeys };
        },
      ],
      [
        "list after a key",
        async () =>
          (await s3.send(new ListObjectsV2Command({ Bucket, StartAfter: "a" }))).Contents?.map(
            ({ Key }) => Key,
          ),
      ],
      [
        "tag",
        async () => {
          await s3.send(
            new PutObjectTaggingCommand({
              Bucket,
              Key: "a",
              Tagging: { TagSet: [{ Key: "k", Value: "v" }] },
            }),
          );
          return (await s3.send(new GetObjectTaggingCommand({ Bucket, Key: "a" }))).TagSet;
        },
      ],
      ["tags keep the body", () => get("a")],
      [
        "begin parts",
        async () => {
          const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "big" }));
          upload = { Bucket, Key: "big", UploadId };
          return typeof UploadId;
        },
      ],
      [
        "put a part",
        async () => {
          part = (
            await s3.send(new UploadPartCommand({ ...upload, PartNumber: 2, Body: "x".repeat(5 * MB) }))
          ).ETag;
          tail = (await s3.send(new UploadPartCommand({ ...upload, PartNumber: 3, Body: "tail" }))).ETag;
          return part;
        },
      ],
      [
        "list parts",
        async () =>
          (await s3.send(new ListPartsCommand(upload))).Parts?.map(({ PartNumber, Size, ETag }) => ({
            PartNumber,
            Size,
            ETag,
          })),
      ],
      [
        "list uploads",
        async () =>
          (await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads?.map(({ Key }) => Key),
      ],
      [
        "complete with a part that is not there",
        () =>
          s3.send(
            new CompleteMultipartUploadCommand({
              ...upload,
              MultipartUpload: { Parts: [{ PartNumber: 9, ETag: part }] },
            }),
          ),
      ],
      [
        "complete in the wrong order",
        () =>
          s3.send(
            new CompleteMultipartUploadCommand({
              ...upload,
              MultipartUpload: {
                Parts: [
                  { PartNumber: 3, ETag: tail },
                  { PartNumber: 2, ETag: part },
                ],
              },
            }),
          ),
      ],
      [
        "complete",
        async () =>
          (
            await s3.send(
              new CompleteMultipartUploadCommand({
                ...upload,
                MultipartUpload: { Parts: [{ PartNumber: 2, ETag: part }] },
              }),
            )
          ).ETag,
      ],
      [
        "head of parts",
        async () => {
          const { ContentLength, ETag } = await s3.send(new HeadObjectCommand({ Bucket, Key: "big" }));
          return { ContentLength, ETag };
        },
      ],
      [
        "abort what is not there",
        () => s3.send(new AbortMultipartUploadCommand({ Bucket, Key: "big", UploadId: "none" })),
      ],
      [
        "version the bucket",
        () =>
          s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } })),
      ],
      [
        "overwrite and delete",
        async () => {
          await put("a", "second");
          return (await s3.send(new DeleteObjectCommand({ Bucket, Key: "a" }))).DeleteMarker;
        },
      ],
      ["get what has a delete marker", () => get("a")],
      [
        "list versions",
        async () => {
          const { Versions, DeleteMarkers } = await s3.send(
            new ListObjectVersionsCommand({ Bucket, Prefix: "a" }),
          );
          return {
            versions: Versions?.map(({ Key, IsLatest, Size, ETag }) => ({ Key, IsLatest, Size, ETag })),
            markers: DeleteMarkers?.map(({ Key, IsLatest }) => ({ Key, IsLatest })),
          };
        },
      ],
      ["the version before versions were kept", () => get("a", { VersionId: "null" })],
      [
        "delete several",
        async () => {
          const { Deleted, Errors } = await s3.send(
            new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "big" }, { Key: "never" }] } }),
          );
          return { deleted: Deleted?.map(({ Key, DeleteMarker }) => ({ Key, DeleteMarker })), Errors };
        },
      ],
      ["a bucket's bad name", () => s3.send(new CreateBucketCommand({ Bucket: "Bad_Name" }))],
      [
        "a checksum that is wrong",
        () => put("b", "hello", { ChecksumSHA256: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" }),
      ],
      ["an MD5 that is wrong", () => put("b", "hello", { ContentMD5: "AAAAAAAAAAAAAAAAAAAAAA==" })],
      ["delete a bucket that is not empty", () => s3.send(new DeleteBucketCommand({ Bucket }))],
    ];
  },
};
