import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CloudWatchTaskLogs, logStreamOf } from "#adapters/aws/cloudwatch-task-logs.ts";
import { S3ObjectListing } from "#adapters/aws/s3-object-listing.ts";
import { S3ResultStore } from "#adapters/aws/s3-result-store.ts";
import { S3SourceObjects } from "#adapters/aws/s3-source-objects.ts";
import { MemoryBucket } from "#adapters/memory/memory-bucket.ts";
import { MemoryTaskLogs } from "#adapters/memory/memory-task-logs.ts";
import type { ObjectListing, ObjectVersion, ResultStore, TaskLogs } from "#core/ports/object-store.ts";
import type { SourceObjects } from "#core/ports/source-objects.ts";
import { TASK_ARN } from "../unit/support/builders.ts";
import { LocalAws } from "./support/local-aws.ts";

let aws: LocalAws;
let s3: S3Client;
beforeAll(async () => {
  aws = await LocalAws.start();
  s3 = new S3Client(aws.client);
  await s3.send(new CreateBucketCommand({ Bucket: "files" }));
  await s3.send(
    new PutBucketVersioningCommand({ Bucket: "files", VersioningConfiguration: { Status: "Enabled" } }),
  );
});
afterAll(async () => {
  s3.destroy();
  await aws.stop();
});

interface Bucket {
  readonly objects: SourceObjects & ObjectListing & ResultStore;
  /** @returns the version id */
  upload(key: string, body: string): Promise<string>;
}

let prefixes = 0;

/** SourceObjects, ObjectListing and ResultStore over one versioned bucket "files". */
function bucketContract(make: () => Bucket): void {
  let bucket: Bucket;
  let prefix: string;
  beforeEach(() => {
    bucket = make();
    prefix = `p${(prefixes += 1)}/`;
  });

  async function list(under = prefix): Promise<ObjectVersion[]> {
    const versions: ObjectVersion[] = [];
    for await (const page of bucket.objects.listVersions({ bucket: "files", prefix: under }))
      versions.push(...page);
    return versions;
  }

  async function read(key: string, versionId: string): Promise<string> {
    const opened = await bucket.objects.open(
      { bucket: "files", key, versionId },
      new AbortController().signal,
    );
    const chunks: Buffer[] = [];
    for await (const chunk of opened.stream) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks)).toHaveLength(opened.sizeBytes);
    return Buffer.concat(chunks).toString();
  }

  it("opens the version that is asked for, also when it is overwritten", async () => {
    const key = `${prefix}red flower +%41 é 📷.jpg`;
    const first = await bucket.upload(key, "first");
    await bucket.upload(key, "second version");

    expect(await read(key, first)).toBe("first");
  });

  it("says that a version is gone", async () => {
    const versionId = await bucket.upload(`${prefix}a`, "a");
    const open = bucket.objects.open(
      { bucket: "files", key: `${prefix}b`, versionId },
      new AbortController().signal,
    );

    await expect(open).rejects.toMatchObject({ name: "ObjectGoneError" });
  });

  it("finds the newest version of a key, and says where there is none", async () => {
    const key = `${prefix}red flower +%41 é 📷.jpg`;
    await bucket.upload(key, "first");
    const versionId = await bucket.upload(key, "second");
    const newest = (name: string) =>
      bucket.objects.newest({ bucket: "files", key: name }, new AbortController().signal);

    expect(await newest(key)).toMatchObject({ bucket: "files", key, versionId, sizeBytes: 6 });
    await expect(newest(`${prefix}other`)).rejects.toMatchObject({ name: "ObjectGoneError" });
    await expect(newest(`${prefix}${"k".repeat(1100)}`)).rejects.toMatchObject({ name: "ObjectGoneError" });
  });

  it("lists all versions under a prefix in order of their keys, newest first", async () => {
    const keys = ["ä", "b", "B", "a/1"].map((name) => prefix + name);
    for (const key of keys) await bucket.upload(key, key);
    const newest = await bucket.upload(`${prefix}b`, "new");

    const listed = await list();

    expect(listed.map(({ key }) => key.slice(prefix.length))).toEqual(["B", "a/1", "b", "b", "ä"]);
    expect(listed[2]).toMatchObject({ bucket: "files", versionId: newest, sizeBytes: 3, isLatest: true });
    expect(listed[3]).toMatchObject({ isLatest: false });
    expect(Date.parse(listed[0]?.lastModified ?? "")).not.toBeNaN();
    expect(await list("nothing/")).toEqual([]);
  });

  it("keeps the metadata of what it puts", async () => {
    const key = `${prefix}a.txt`;
    await bucket.objects.put({ key, body: "a", contentType: "text/plain", metadata: { "slipway-hop": "2" } });
    const [version] = await list();
    const { versionId = "" } = version ?? {};

    const opened = await bucket.objects.open(
      { bucket: "files", key, versionId },
      new AbortController().signal,
    );
    opened.stream.destroy();
    expect(opened.metadata).toEqual({ "slipway-hop": "2" });
  });

  it("lists in parts that together are the whole, each version once, whatever its key sorts like", async () => {
    const names = [
      "a",
      "b/",
      "b/1",
      "b/é",
      "c",
      "c/1",
      "d/d/d",
      "d0",
      "e/\u{1f300}",
      "f/1",
      "g/1",
      "h/1",
      "\u{ffee}/1",
    ];
    for (const name of names) await bucket.upload(`${prefix}${name}`, "x");
    await bucket.upload(`${prefix}c/1`, "again");

    const cuts = await bucket.objects.cuts({ bucket: "files", prefix, parts: 4 });
    const parts: string[][] = [];
    for (const [index, after] of [undefined, ...cuts].entries()) {
      const [from, to] = [
        after === undefined ? {} : { after },
        cuts[index] === undefined ? {} : { upTo: cuts[index] },
      ];
      const keys: string[] = [];
      for await (const page of bucket.objects.listVersions({ bucket: "files", prefix, ...from, ...to }))
        keys.push(...page.map(({ key }) => key));
      parts.push(keys);
    }

    expect(cuts).toHaveLength(3);
    expect(parts.flat()).toEqual((await list()).map(({ key }) => key));
    expect(parts.every(({ length }) => length > 0)).toBe(true);
  });

  it("cuts nothing where there are no folders", async () => {
    await bucket.upload(`${prefix}a`, "x");

    expect(await bucket.objects.cuts({ bucket: "files", prefix, parts: 4 })).toEqual([]);
  });

  it("puts results where they are read again", async () => {
    const key = `${prefix}jobs/1/1/result.json`;
    await bucket.objects.put({ key, body: '{"a":1}', contentType: "application/json" });

    const [version] = await list();
    expect(await read(key, version?.versionId ?? "")).toBe('{"a":1}');
    await bucket.objects.put({
      key: `${prefix}bytes`,
      body: new Uint8Array([1, 2, 3]),
      contentType: "image/webp",
    });
    expect((await list()).map(({ sizeBytes }) => sizeBytes)).toEqual([3, 7]);
  });
}

describe("objects in S3", () => {
  bucketContract(() => {
    const [sources, listing, results] = [
      new S3SourceObjects({ client: s3 }),
      new S3ObjectListing({ client: s3 }),
      new S3ResultStore({ client: s3, bucket: "files" }),
    ];
    return {
      objects: {
        open: (version, signal) => sources.open(version, signal),
        newest: (object, signal) => sources.newest(object, signal),
        listVersions: (query) => listing.listVersions(query),
        cuts: (query) => listing.cuts(query),
        put: (object) => results.put(object),
      },
      upload: async (key, body) =>
        (await s3.send(new PutObjectCommand({ Bucket: "files", Key: key, Body: body }))).VersionId ?? "",
    };
  });

  it("of a bucket without versions are read while they have their ETag, and are gone once they are overwritten", async () => {
    await s3.send(new CreateBucketCommand({ Bucket: "plain" }));
    const put = (Body: string) => s3.send(new PutObjectCommand({ Bucket: "plain", Key: "a", Body }));
    const etag = ((await put("first")).ETag ?? "").replaceAll('"', "");
    const sources = new S3SourceObjects({ client: s3 });
    const open = () =>
      sources.open({ bucket: "plain", key: "a", versionId: "null", etag }, new AbortController().signal);

    const first = await open();
    first.stream.destroy();
    expect(first.sizeBytes).toBe(5);
    await put("other");
    await expect(open()).rejects.toMatchObject({ name: "ObjectGoneError" });
  });

  it("are listed in parts by the deeper folders, where there is but one at the top, as of a year", async () => {
    for (const day of ["11/27", "11/28", "11/29", "12/01"])
      for (const name of ["a", "b"])
        await s3.send(new PutObjectCommand({ Bucket: "files", Key: `dated/2026/${day}/${name}`, Body: "x" }));

    const listing = new S3ObjectListing({ client: s3 });

    expect(await listing.cuts({ bucket: "files", prefix: "dated/", parts: 4 })).toEqual([
      "dated/2026/11/28/",
      "dated/2026/11/29/",
      "dated/2026/12/01/",
    ]);
  });

  it("that were deleted are not listed, though a marker stands for them", async () => {
    await s3.send(new PutObjectCommand({ Bucket: "files", Key: "marked/a", Body: "a" }));
    await s3.send(new DeleteObjectCommand({ Bucket: "files", Key: "marked/a" }));
    const pages = new S3ObjectListing({ client: s3 }).listVersions({ bucket: "files", prefix: "marked/" });

    const keys: string[] = [];
    for await (const page of pages) keys.push(...page.map(({ key, isLatest }) => `${key} ${isLatest}`));
    expect(keys).toEqual(["marked/a false"]);
  });

  it("keep the content type and the metadata of a result", async () => {
    const results = new S3ResultStore({ client: s3, bucket: "files" });
    await results.put({ key: "typed", body: "x", contentType: "image/webp", metadata: { made: "here" } });

    const { ContentType, Metadata } = await s3.send(new GetObjectCommand({ Bucket: "files", Key: "typed" }));
    expect({ ContentType, Metadata }).toEqual({ ContentType: "image/webp", Metadata: { made: "here" } });
  });
});

describe("objects in memory", () => {
  const objects = new MemoryBucket({ name: "files", clock: { now: () => new Date() } });
  bucketContract(() => ({ objects, upload: async (key, body) => objects.upload(key, body) }));
});

function taskLogsContract(
  make: () => Promise<{ logs: TaskLogs; write(lines: string[]): Promise<void> }>,
): void {
  it("gives the last lines, the newest last, and none where the task never wrote", async () => {
    const { logs, write } = await make();
    expect(await logs.tail({ pipeline: "images", taskArn: TASK_ARN, lines: 2 })).toEqual([]);

    await write(["one", "two", "three é"]);

    expect(await logs.tail({ pipeline: "images", taskArn: TASK_ARN, lines: 2 })).toEqual(["two", "three é"]);
    expect(await logs.tail({ pipeline: "other", taskArn: TASK_ARN, lines: 2 })).toEqual([]);
  });
}

describe("a task's log in CloudWatch", () => {
  taskLogsContract(async () => {
    const client = new CloudWatchLogsClient(aws.client);
    const stream = { logGroupName: "/slipway/dev/images", logStreamName: logStreamOf(TASK_ARN) };
    await client.send(new CreateLogGroupCommand({ logGroupName: stream.logGroupName }));
    return {
      logs: new CloudWatchTaskLogs({ client, logGroupPrefix: "/slipway/dev/" }),
      async write(lines) {
        await client.send(new CreateLogStreamCommand(stream));
        const logEvents = lines.map((message, index) => ({ message, timestamp: Date.now() + index }));
        await client.send(new PutLogEventsCommand({ ...stream, logEvents }));
      },
    };
  });
});

describe("a task's log in memory", () => {
  taskLogsContract(async () => {
    const logs = new MemoryTaskLogs();
    return { logs, write: async (lines) => logs.write({ pipeline: "images", taskArn: TASK_ARN }, lines) };
  });
});
