import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";

const Bucket = "crash";
const started: ChildProcess[] = [];
afterEach(() => started.forEach((child) => child.kill("SIGKILL")));

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel */
test.each([1, 40, 200])(
  "a store killed after %d acknowledged puts has every object that it acknowledged, whole, and no half of another",
  async (killAfterPuts) => {
    const dataDir = mkdtempSync(join(tmpdir(), "objects-crash-"));
    const first = await startStore(dataDir);
    await first.s3.send(new CreateBucketCommand({ Bucket }));
    const NotificationConfiguration = { EventBridgeConfiguration: {} };
    await first.s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
    const { UploadId } = await first.s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "open" }));
    await first.s3.send(
      new UploadPartCommand({ Bucket, Key: "open", UploadId, PartNumber: 1, Body: "part" }),
    );
    halfPut(first.endpoint);

    const acknowledged = new Map<string, string>();
    const killed = once(first.child, "exit");
    const killer = setInterval(() => {
      if (acknowledged.size >= killAfterPuts) first.child.kill("SIGKILL");
    }, 5);
    await Promise.all(
      Array.from({ length: 8 }, (_, writer) => putUntilItFails(first.s3, writer, acknowledged)),
    );
    await killed;
    clearInterval(killer);

    const second = await startStore(dataDir);
    const listed = new Set<string>();
    for await (const page of paginateListObjectsV2({ client: second.s3 }, { Bucket })) {
      for (const { Key = "" } of page.Contents ?? []) listed.add(Key);
    }
    expect([...acknowledged.keys()].filter((key) => !listed.has(key))).toEqual([]);
    for (const Key of listed) {
      const { Body, ETag } = await second.s3.send(new GetObjectCommand({ Bucket, Key }));
      const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
      expect(`"${createHash("md5").update(bytes).digest("hex")}"`).toBe(ETag);
      expect(acknowledged.get(Key) ?? ETag).toBe(ETag);
    }
    expect(acknowledged.size).toBeGreaterThanOrEqual(killAfterPuts);
    // One file per object and the part of the open upload: nothing of what was cut short.
    const files = readdirSync(join(dataDir, "objects", "data"), { recursive: true, withFileTypes: true });
    expect(files.filter((entry) => entry.isFile())).toHaveLength(listed.size + 1);
    // The bus hears of each, at least once, also of those that the crash had left waiting.
    await second.s3.send(new PutObjectCommand({ Bucket, Key: "last", Body: "x" }));
    const heard = await eventKeys(dataDir, "last");
    expect([...listed].filter((key) => !heard.has(key))).toEqual([]);
    rmSync(dataDir, { recursive: true });
  },
);

async function startStore(dataDir: string) {
  const script = join(import.meta.dirname, "support", "store-process.ts");
  const child = spawn(process.execPath, [script, dataDir], { env: { PATH: process.env["PATH"] } });
  started.push(child);
  child.stderr.pipe(process.stderr);
  const endpoint = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (line: Buffer) => resolve(String(line).trim()));
    child.once("exit", (code) => reject(new Error(`the store ended with ${code}`)));
  });
  const credentials = { accessKeyId: "operator", secretAccessKey: "operator" };
  const s3 = new S3Client({
    endpoint,
    region: "us-east-1",
    credentials,
    forcePathStyle: true,
    maxAttempts: 1,
  });
  return { child, endpoint, s3 };
}

/** Puts objects of 1 byte to 300 KB, one after the other, and notes what was acknowledged. */
async function putUntilItFails(
  s3: S3Client,
  writer: number,
  acknowledged: Map<string, string>,
): Promise<void> {
  for (let index = 0; ; index += 1) {
    const Key = `${writer}/${index}`;
    const Body = randomBytes(1 + ((index * 7919 + writer * 104_729) % 300_000));
    try {
      acknowledged.set(Key, String((await s3.send(new PutObjectCommand({ Bucket, Key, Body }))).ETag));
    } catch {
      return;
    }
  }
}

/** A put that is still on its way when the store dies. */
function halfPut(endpoint: string): void {
  const put = httpRequest(`${endpoint}/${Bucket}/half`, {
    method: "PUT",
    headers: { "content-length": 1_000_000 },
  });
  put.on("error", () => undefined);
  put.write(Buffer.alloc(500_000));
}

async function eventKeys(dataDir: string, last: string): Promise<Set<string>> {
  for (;;) {
    const lines = readFileSync(join(dataDir, "events.ndjson"), "utf8").trim().split("\n");
    const keys = new Set(
      lines.map((line) => (JSON.parse(line) as { detail: { object: { key: string } } }).detail.object.key),
    );
    if (keys.has(last)) return keys;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
