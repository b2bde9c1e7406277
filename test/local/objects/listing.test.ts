import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CreateBucketCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { startObjects, type ObjectsCloud } from "./support/objects-cloud.ts";

const Bucket = "listing";
const KEYS = ["a", "b/1", "b/2", "b/c/3", "b/c/4", "b0", "d/", "d/x", "e//f", "z"];

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html
 */
describe("a listing", () => {
  let cloud: ObjectsCloud;
  beforeAll(async () => {
    cloud = await startObjects();
    await cloud.s3.send(new CreateBucketCommand({ Bucket }));
    await cloud.s3.send(
      new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }),
    );
    for (const Key of KEYS)
      for (const Body of ["1", "2"]) await cloud.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  });
  afterAll(() => cloud.stop());

  /** All pages of a listing: keys and common prefixes, each page in its own list. */
  async function pages(input: {
    Prefix?: string;
    Delimiter?: string;
    MaxKeys?: number;
    StartAfter?: string;
  }) {
    const found: string[][] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await cloud.s3.send(new ListObjectsV2Command({ Bucket, ...input, ContinuationToken }));
      const keys = (page.Contents ?? []).map(({ Key = "" }) => Key);
      const prefixes = (page.CommonPrefixes ?? []).map(({ Prefix = "" }) => Prefix);
      expect(page.KeyCount).toBe(keys.length + prefixes.length);
      expect(page.IsTruncated).toBe(page.NextContinuationToken !== undefined);
      found.push([...keys, ...prefixes].toSorted());
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return found;
  }

  test("shows current objects once", async () => {
    expect(await pages({})).toEqual([KEYS]);
  });

  test.each([1, 2, 3, 9, 10, 11])("in pages of %d loses and repeats nothing", async (MaxKeys) => {
    const found = await pages({ MaxKeys });
    expect(found.flat()).toEqual(KEYS);
    expect(found.slice(0, -1).every((page) => page.length === MaxKeys)).toBe(true);
  });

  test("rolls keys up to the delimiter behind the prefix", async () => {
    expect(await pages({ Delimiter: "/" })).toEqual([["a", "b/", "b0", "d/", "e/", "z"]]);
    expect(await pages({ Delimiter: "/", Prefix: "b/" })).toEqual([["b/1", "b/2", "b/c/"]]);
    expect(await pages({ Delimiter: "/", Prefix: "d/" })).toEqual([["d/", "d/x"]]);
    expect(await pages({ Delimiter: "/", Prefix: "e/" })).toEqual([["e//"]]);
    expect(await pages({ Prefix: "b/c" })).toEqual([["b/c/3", "b/c/4"]]);
    expect(await pages({ Prefix: "nothing" })).toEqual([[]]);
  });

  test.each([1, 2, 3])("with a delimiter in pages of %d counts a common prefix once", async (MaxKeys) => {
    expect((await pages({ Delimiter: "/", MaxKeys })).flat()).toEqual(["a", "b/", "b0", "d/", "e/", "z"]);
  });

  test("starts behind start-after, whether there is such a key or not", async () => {
    expect(await pages({ StartAfter: "b/2" })).toEqual([["b/c/3", "b/c/4", "b0", "d/", "d/x", "e//f", "z"]]);
    expect(await pages({ StartAfter: "b/3", MaxKeys: 2 })).toEqual([
      ["b/c/3", "b/c/4"],
      ["b0", "d/"],
      ["d/x", "e//f"],
      ["z"],
    ]);
    expect(await pages({ StartAfter: "z" })).toEqual([[]]);
  });

  test("of no keys at all is asked for with max-keys 0", async () => {
    expect(await cloud.s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 0 }))).toMatchObject({
      KeyCount: 0,
      IsTruncated: false,
    });
  });

  test("refuses a token that is none of its own, and a number that is none", async () => {
    const list = cloud.s3.send(new ListObjectsV2Command({ Bucket, ContinuationToken: "??" }));
    await expect(list).rejects.toMatchObject({ name: "InvalidArgument" });
    const negative = cloud.s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: -1 }));
    await expect(negative).rejects.toMatchObject({ name: "InvalidArgument" });
  });

  test("of version 1 goes on by marker, and names the next one only with a delimiter", async () => {
    const first = await cloud.s3.send(new ListObjectsCommand({ Bucket, Delimiter: "/", MaxKeys: 2 }));
    expect(first).toMatchObject({ IsTruncated: true, NextMarker: "b/" });
    const second = await cloud.s3.send(
      new ListObjectsCommand({ Bucket, Delimiter: "/", Marker: "b/", MaxKeys: 2 }),
    );
    expect([second.Contents?.[0]?.Key, second.CommonPrefixes?.[0]?.Prefix]).toEqual(["b0", "d/"]);
    const plain = await cloud.s3.send(new ListObjectsCommand({ Bucket, MaxKeys: 2 }));
    expect(plain.NextMarker).toBeUndefined();
  });

  test.each([1, 3, 5, 19, 20, 21])(
    "of versions in pages of %d shows each once, newest first",
    async (MaxKeys) => {
      const found: [string?, boolean?][] = [];
      let marker: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
      while (marker !== undefined) {
        const page: Awaited<ReturnType<typeof listVersions>> = await listVersions({ ...marker, MaxKeys });
        found.push(
          ...(page.Versions ?? []).map(({ Key, IsLatest }) => [Key, IsLatest] as [string?, boolean?]),
        );
        marker = page.IsTruncated
          ? { KeyMarker: String(page.NextKeyMarker), VersionIdMarker: String(page.NextVersionIdMarker) }
          : undefined;
      }
      expect(found).toEqual(
        KEYS.flatMap((key) => [
          [key, true],
          [key, false],
        ]),
      );
    },
  );

  test("of versions rolls up and pages by common prefix, too", async () => {
    const first = await listVersions({ Delimiter: "/", MaxKeys: 3 });
    expect(first.Versions?.map(({ Key }) => Key)).toEqual(["a", "a"]);
    expect(first.CommonPrefixes).toEqual([{ Prefix: "b/" }]);
    const next = await listVersions({ Delimiter: "/", KeyMarker: String(first.NextKeyMarker), MaxKeys: 3 });
    expect(next.Versions?.map(({ Key }) => Key)).toEqual(["b0", "b0"]);
    expect(next.CommonPrefixes).toEqual([{ Prefix: "d/" }]);
  });

  test("of buckets goes in pages by name", async () => {
    for (const name of ["pages-a", "pages-b", "pages-c"])
      await cloud.s3.send(new CreateBucketCommand({ Bucket: name }));
    const first = await cloud.s3.send(new ListBucketsCommand({ Prefix: "pages-", MaxBuckets: 2 }));
    expect(first.Buckets?.map(({ Name }) => Name)).toEqual(["pages-a", "pages-b"]);
    const { ContinuationToken } = first;
    const second = await cloud.s3.send(
      new ListBucketsCommand({ Prefix: "pages-", MaxBuckets: 2, ContinuationToken }),
    );
    expect(second.Buckets?.map(({ Name }) => Name)).toEqual(["pages-c"]);
  });

  function listVersions(input: Omit<ConstructorParameters<typeof ListObjectVersionsCommand>[0], "Bucket">) {
    return cloud.s3.send(new ListObjectVersionsCommand({ Bucket, ...input }));
  }
});
