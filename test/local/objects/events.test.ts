import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import type { BusEvent } from "#local/context/cloud-context.ts";
import { startObjects, until, type ObjectsCloud } from "./support/objects-cloud.ts";

const KEY = "images/a b+c%20é😀.jpg";

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
describe("events of a bucket", () => {
  let cloud: ObjectsCloud;
  beforeAll(async () => {
    cloud = await startObjects();
    for (const Bucket of ["quiet", "plain", "versioned"])
      await cloud.s3.send(new CreateBucketCommand({ Bucket }));
    for (const Bucket of ["plain", "versioned"]) {
      const NotificationConfiguration = { EventBridgeConfiguration: {} };
      await cloud.s3.send(
        new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }),
      );
    }
    const VersioningConfiguration = { Status: "Enabled" } as const;
    await cloud.s3.send(new PutBucketVersioningCommand({ Bucket: "versioned", VersioningConfiguration }));
  });
  afterAll(() => cloud.stop());
  beforeEach(() => void cloud.events.splice(0));

  type Detail = { object: Record<string, unknown>; reason: string; "deletion-type"?: string };
  const told = async (count: number) => {
    await until(() => cloud.events.length >= count);
    return cloud.events.map((event) => ({ type: event["detail-type"], detail: event.detail as Detail }));
  };

  test("tell of a put with every field, the key as it is", async () => {
    await cloud.s3.send(new PutObjectCommand({ Bucket: "plain", Key: KEY, Body: "hello" }));
    await told(1);
    expect(cloud.events).toEqual([
      {
        source: "aws.s3",
        "detail-type": "Object Created",
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        resources: ["arn:aws:s3:::plain"],
        detail: {
          version: "0",
          "event-version": "1.2",
          bucket: { name: "plain" },
          object: {
            key: KEY,
            size: 5,
            etag: "5d41402abc4b2a76b9719d911017c592",
            sequencer: expect.stringMatching(/^[0-9a-f]{16}$/),
          },
          "request-id": expect.stringMatching(/^[0-9A-F]{16}$/),
          requester: "000000000000",
          "source-ip-address": "127.0.0.1",
          reason: "PutObject",
        },
      },
    ]);
  });

  test("name the version in a versioned bucket, also that of a delete marker", async () => {
    const input = { Bucket: "versioned", Key: "v" };
    const { VersionId } = await cloud.s3.send(new PutObjectCommand({ ...input, Body: "1" }));
    const marker = await cloud.s3.send(new DeleteObjectCommand(input));
    await cloud.s3.send(new DeleteObjectCommand({ ...input, VersionId }));
    const events = await told(3);
    expect(
      events.map(({ type, detail }) => [
        type,
        detail.object["version-id"],
        detail.reason,
        detail["deletion-type"],
      ]),
    ).toEqual([
      ["Object Created", VersionId, "PutObject", undefined],
      ["Object Deleted", marker.VersionId, "DeleteObject", "Delete Marker Created"],
      ["Object Deleted", VersionId, "DeleteObject", "Permanently Deleted"],
    ]);
  });

  test("name the reason of a copy, of a multipart upload and of a batch of deletions", async () => {
    const CopySource = `plain/${encodeURIComponent(KEY)}`;
    await cloud.s3.send(new CopyObjectCommand({ Bucket: "plain", Key: "copy", CopySource }));
    const Body = Buffer.alloc(6 * 1024 * 1024);
    await new Upload({ client: cloud.s3, params: { Bucket: "plain", Key: "multipart", Body } }).done();
    const Objects = [{ Key: "copy" }, { Key: "never there" }];
    await cloud.s3.send(new DeleteObjectsCommand({ Bucket: "plain", Delete: { Objects } }));
    const events = await told(3);
    expect(events.map(({ detail }) => [detail.reason, detail.object["key"], detail.object["size"]])).toEqual([
      ["CopyObject", "copy", 5],
      ["CompleteMultipartUpload", "multipart", Body.length],
      ["DeleteObject", "copy", undefined],
    ]);
  });

  test("have sequencers that rise with every change of a key", async () => {
    for (let index = 0; index < 20; index += 1) {
      await cloud.s3.send(new PutObjectCommand({ Bucket: "plain", Key: "often", Body: String(index) }));
      if (index % 5 === 4) await cloud.s3.send(new DeleteObjectCommand({ Bucket: "plain", Key: "often" }));
    }
    const sequencers = (await told(24)).map(({ detail }) => String(detail.object["sequencer"]));
    expect(sequencers).toEqual([...new Set(sequencers)].toSorted());
  });

  test("are not sent where the bucket does not notify", async () => {
    await cloud.s3.send(new PutObjectCommand({ Bucket: "quiet", Key: "k", Body: "x" }));
    await cloud.s3.send(new PutObjectCommand({ Bucket: "plain", Key: "after", Body: "x" }));
    expect((await told(1)).map(({ detail }) => detail.object["key"])).toEqual(["after"]);
  });

  test("to other targets than EventBridge are refused by name", async () => {
    const QueueConfigurations = [
      { QueueArn: "arn:aws:sqs:us-east-1:000000000000:q", Events: ["s3:ObjectCreated:*" as const] },
    ];
    const put = cloud.s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: "quiet",
        NotificationConfiguration: { QueueConfigurations },
      }),
    );
    await expect(put).rejects.toMatchObject({
      name: "NotImplemented",
      message: expect.stringContaining("QueueConfiguration"),
    });
  });
});

test("an event bus that fails costs no put: the failure is told and the event is sent again", async () => {
  const received: BusEvent[] = [];
  let failures = 2;
  const cloud = await startObjects({
    events: {
      put: async (events) => {
        if (failures > 0) {
          failures -= 1;
          throw new Error("the bus is away");
        }
        received.push(...events);
      },
    },
  });
  await cloud.s3.send(new CreateBucketCommand({ Bucket: "bkt" }));
  const NotificationConfiguration = { EventBridgeConfiguration: {} };
  const notify = new PutBucketNotificationConfigurationCommand({ Bucket: "bkt", NotificationConfiguration });
  await cloud.s3.send(notify);
  await cloud.s3.send(new PutObjectCommand({ Bucket: "bkt", Key: "one", Body: "x" }));
  await until(() => received.length > 0);
  expect(cloud.reported.join("\n")).toContain("the bus is away");
  expect(received).toHaveLength(1);
  await cloud.stop();
});

test("an event that the bus had not taken when the cloud stopped is sent at the next start", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "objects-outbox-"));
  const away = { put: () => Promise.reject(new Error("the bus is away")) };
  const first = await startObjects({ dataDir, events: away });
  await first.s3.send(new CreateBucketCommand({ Bucket: "bkt" }));
  const NotificationConfiguration = { EventBridgeConfiguration: {} };
  await first.s3.send(
    new PutBucketNotificationConfigurationCommand({ Bucket: "bkt", NotificationConfiguration }),
  );
  await first.s3.send(new PutObjectCommand({ Bucket: "bkt", Key: "kept", Body: "x" }));
  await first.stop();

  const second = await startObjects({ dataDir });
  await until(() => second.events.length > 0);
  expect(second.events).toMatchObject([{ detail: { object: { key: "kept" } } }]);
  expect(String(await second.service.read("bkt", "kept"))).toBe("x");
  await second.stop();
  rmSync(dataDir, { recursive: true });
});
