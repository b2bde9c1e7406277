import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { requestJobId, scheduleJobId, uploadJobId } from "#core/jobs/job-id.ts";
import { readTrigger, type Trigger } from "#core/intake/read-trigger.ts";
import { uploadCreatedEvent } from "#core/intake/upload-event.ts";
import { DeploymentStateChange } from "#events/ecs/deployment-state-change.ts";
import { ServiceAction } from "#events/ecs/service-action.ts";
import { TaskStateChange } from "#events/ecs/task-state-change.ts";
import { ObjectCreated } from "#events/s3/object-created.ts";
import { ScheduledEvent } from "#events/schedule/scheduled-event.ts";
import { TroubleNoticed } from "#events/slipway/trouble-noticed.ts";
import { HourlyReport } from "#events/slipway/hourly-report.ts";
import { JobFailed, JobSucceeded } from "#events/slipway/job-ended.ts";
import { JobRequested } from "#events/slipway/job-requested.ts";
import { JobsEnded } from "#events/slipway/jobs-ended.ts";
import { JobsSettled } from "#events/slipway/jobs-settled.ts";
import { PipelinePaused } from "#events/slipway/pipeline-paused.ts";
import { RunStopped } from "#events/slipway/run-stopped.ts";
import { aPipeline } from "../support/builders.ts";
import { uploadEvent } from "../support/stage.ts";

const EVENTS = path.resolve(import.meta.dirname, "../../../events");
const schedule = { source: { type: "schedule" as const, expression: "rate(1 hour)" }, pack: { maxJobs: 1 } };
const context = {
  pipelines: {
    images: aPipeline(),
    report: aPipeline("report", schedule),
    "daily-report": aPipeline("daily-report", schedule),
  },
  uploadsBucket: "uploads",
  rulePrefix: "slipway-dev-",
};
const read = (event: unknown): Trigger => readTrigger(event, context);
const upload = (key: string, change?: Record<string, unknown>) => read(JSON.parse(uploadEvent(key, change)));

function tick(ruleName: string, change: Record<string, unknown> = {}) {
  return {
    id: "e",
    "detail-type": "Scheduled Event",
    source: "aws.events",
    time: "2026-11-22T20:00:00Z",
    resources: [`arn:aws:events:us-east-1:123456789012:rule/${ruleName}`],
    detail: {},
    ...change,
  };
}

describe("the examples in events/", () => {
  const schemas: Readonly<Record<string, { parse(value: unknown): unknown }>> = {
    "ecs/deployment-state-change.json": DeploymentStateChange,
    "ecs/service-action.json": ServiceAction,
    "ecs/task-state-change.json": TaskStateChange,
    "s3/object-created.json": ObjectCreated,
    "schedule/scheduled-event.json": ScheduledEvent,
    "slipway/hourly-report.json": HourlyReport,
    "slipway/job-failed.json": JobFailed,
    "slipway/job-succeeded.json": JobSucceeded,
    "slipway/job-requested.json": JobRequested,
    "slipway/jobs-ended.json": JobsEnded,
    "slipway/jobs-settled.json": JobsSettled,
    "slipway/pipeline-paused.json": PipelinePaused,
    "slipway/run-stopped.json": RunStopped,
    "slipway/trouble-noticed.json": TroubleNoticed,
  };
  const files = readdirSync(EVENTS, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".json"),
  );
  const example = (file: string): unknown => JSON.parse(readFileSync(path.join(EVENTS, file), "utf8"));

  it("each have a schema that reads them", () => {
    expect([...files].sort()).toEqual(Object.keys(schemas).sort());
  });

  it.each(files)("%s is what its schema describes, also with fields that are not known yet", (file) => {
    const event = example(file) as Record<string, unknown>;

    expect(schemas[file]?.parse(event)).toMatchObject(event);
    expect(() => schemas[file]?.parse({ ...event, "new-field": { a: 1 } })).not.toThrow();
  });
});

describe("an upload", () => {
  it("is a job of the pipeline that its key belongs to", () => {
    expect(upload("images/a.jpg")).toMatchObject({
      type: "job",
      jobId: uploadJobId({ pipeline: "images", bucket: "uploads", key: "images/a.jpg", versionId: "v1" }),
      source: {
        type: "upload",
        key: "images/a.jpg",
        versionId: "v1",
        sizeBytes: 5,
        sequencer: "617f08299329d189",
      },
    });
  });

  it.each([
    "images/red flower.jpg",
    "images/a+b.jpg",
    "images/100%.jpg",
    "images/%41.jpg",
    "images/📷🎉.jpg",
    `images/${"é".normalize("NFC")}.jpg`,
    `images/${"é".normalize("NFD")}.jpg`,
    'images/"quoted"\\.jpg',
    "images/line\nbreak\u0000.jpg",
    `images/${"k".repeat(1017)}`,
    `images/${"é".repeat(508)}x`,
  ])("keeps its key as it is: %j", (key) => {
    expect(upload(key)).toMatchObject({ type: "job", source: { key } });
  });

  it("tells a composed from a decomposed name", () => {
    const ids = ["NFC", "NFD"].map(
      (form) => (upload(`images/${"é".normalize(form)}.jpg`) as { jobId: string }).jobId,
    );

    expect(ids[0]).not.toBe(ids[1]);
  });

  it("may carry what AWS adds one day", () => {
    const event = JSON.parse(uploadEvent("images/a.jpg", { annotation: { x: 1 } })) as Record<
      string,
      unknown
    >;

    expect(read({ ...event, "event-version": "9.9" })).toMatchObject({ type: "job" });
  });

  it("of a bucket without versions is version null", () => {
    expect(upload("images/a.jpg", { "version-id": undefined })).toMatchObject({
      source: { versionId: "null" },
    });
  });

  it("is the same job when a listing finds it, which knows no sequencer", () => {
    const listed = {
      bucket: "uploads",
      key: "images/ä+%.jpg",
      versionId: "v1",
      sizeBytes: 5,
      lastModified: "2026-11-22T20:00:00.000Z",
      isLatest: true,
    };

    const found = read(uploadCreatedEvent(listed)) as { jobId: string; source: object };

    expect(found.jobId).toBe((upload("images/ä+%.jpg") as { jobId: string }).jobId);
    expect(found.source).not.toHaveProperty("sequencer");
  });

  it("keeps what a listing says of its place among the versions of its key, where only the newest counts", () => {
    const order = { newestVersionId: "v2", olderVersionIds: ["v0"] };
    const version = { bucket: "uploads", key: "images/a.jpg", versionId: "v1", sizeBytes: 5 };
    const found = { ...version, lastModified: "2026-11-22T20:00:00.000Z", isLatest: false };
    const event = uploadCreatedEvent(found, order);
    const images = aPipeline("images", { onOverwrite: "newest-only" });

    expect(readTrigger(event, { ...context, pipelines: { images } })).toMatchObject({
      source: { listed: order },
    });
    expect(read(event)).not.toHaveProperty("source.listed");
  });

  it("outside of every pipeline, or of a folder, is no work", () => {
    expect(upload("elsewhere/a.jpg")).toMatchObject({ type: "not-work" });
    expect(upload("images/", { size: 0 })).toEqual({ type: "not-work", why: "a folder marker" });
    expect(upload("images/empty.jpg", { size: 0 })).toMatchObject({ type: "job" });
  });

  it("without a byte is no work where the pipeline skips empty files", () => {
    const source = { type: "upload", prefix: "images/", emptyFiles: "skip" } as const;
    const empty = uploadCreatedEvent({
      bucket: "uploads",
      key: "images/empty.jpg",
      versionId: "v1",
      sizeBytes: 0,
      lastModified: "2026-11-22T20:00:00.000Z",
      isLatest: true,
    });

    expect(
      readTrigger(empty, { ...context, pipelines: { images: aPipeline("images", { source }) } }),
    ).toEqual({
      type: "not-work",
      why: "an empty file (emptyFiles: skip)",
    });
  });
});

describe("a tick", () => {
  it("is one job for its rule and its time, in any spelling of the time", () => {
    const jobId = scheduleJobId({
      pipeline: "report",
      ruleArn: tick("slipway-dev-report").resources[0] ?? "",
      tick: "2026-11-22T20:00:00.000Z",
    });

    expect(read(tick("slipway-dev-report"))).toMatchObject({ type: "job", jobId });
    expect(read(tick("slipway-dev-report", { id: "other", time: "2026-11-22T20:00:00.000Z" }))).toMatchObject(
      { jobId },
    );
    expect(read(tick("slipway-dev-report", { source: "aws.scheduler", detail: "{}" }))).toMatchObject({
      jobId,
    });
  });

  it("belongs to the pipeline of its whole name where one name ends with another", () => {
    expect(read(tick("slipway-dev-daily-report"))).toMatchObject({ pipeline: { name: "daily-report" } });
    expect(read(tick("slipway-dev-report"))).toMatchObject({ pipeline: { name: "report" } });
  });

  it("of a pipeline that a deploy is only just adding is not taken for one whose name its own ends with", () => {
    expect(read(tick("slipway-dev-nightly-report"))).toEqual({
      type: "unreadable",
      why: 'rule "slipway-dev-nightly-report" belongs to no pipeline',
    });
  });

  it("of a rule that is nobody's is unreadable, and says so", () => {
    expect(read(tick("slipway-dev-other"))).toEqual({
      type: "unreadable",
      why: 'rule "slipway-dev-other" belongs to no pipeline',
    });
    expect(read(tick("slipway-dev-images"))).toMatchObject({ type: "unreadable" });
  });
});

describe("a request", () => {
  const request = (detail: unknown) =>
    read({
      id: "event-1",
      "detail-type": "Job Requested",
      source: "shop",
      time: "2026-11-22T20:00:00Z",
      detail,
    });

  it("is one job for its idempotency key, or else for its event", () => {
    const byKey = requestJobId({ pipeline: "images", idempotencyKey: "order-1" });

    expect(request({ pipeline: "images", idempotencyKey: "order-1", input: [1] })).toMatchObject({
      jobId: byKey,
      source: { type: "request", input: [1] },
    });
    expect(request({ pipeline: "images" })).toMatchObject({
      jobId: requestJobId({ pipeline: "images", idempotencyKey: "event-1" }),
    });
  });

  it.each([
    ["longer", { text: "x".repeat(256 * 1024) }],
    ["nested deeper", JSON.parse("[".repeat(40) + "]".repeat(40))],
    ["nested without end, nearly", JSON.parse("[".repeat(5000) + "]".repeat(5000))],
    ["larger, as a number,", { orders: [{ id: JSON.parse("1234567890123456789") }] }],
    ["smaller, as a number,", -1e20],
    ["closer to zero", 1e-131],
  ])("with an input that is %s than the table takes is unreadable, and says what to do", (_what, input) => {
    expect(request({ pipeline: "images", input })).toEqual({
      type: "unreadable",
      why: "its input is too long, nested too deeply, or has a number beyond 2^53 or nearer to zero than 1e-130; put it into S3 and send its key",
    });
  });

  it.each(["nobody", "constructor", "__proto__"])(
    "for pipeline %s, which is not there, names those that are",
    (pipeline) => {
      expect(request({ pipeline })).toEqual({
        type: "unreadable",
        why: `there is no pipeline "${pipeline}"; there are: images, report, daily-report`,
      });
    },
  );
});

describe("anything else", () => {
  it.each([
    [null],
    ["text"],
    [[]],
    [{}],
    [{ "detail-type": "Object Created" }],
    [{ "detail-type": "Object Deleted", source: "aws.s3" }],
  ])("is unreadable, and says why: %j", (event) => {
    expect(read(event)).toMatchObject({ type: "unreadable", why: expect.stringMatching(/.{10,}/) });
  });

  it("never throws", () => {
    const detailType = fc.constantFrom("Object Created", "Scheduled Event", "Job Requested", "x");
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom(
        "uploads",
        "images/a",
        "aws.s3",
        "aws.events",
        "2026-11-22T20:00:00Z",
        "2026-02-30T23:59:60Z",
      ),
    );
    const event = fc.record(
      {
        "detail-type": detailType,
        source: text,
        id: text,
        time: text,
        resources: fc.oneof(fc.array(text), fc.jsonValue()),
        detail: fc.oneof(
          fc.jsonValue(),
          fc.record({ bucket: fc.record({ name: text }), object: fc.record({ key: text }) }),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(event, fc.jsonValue()), (value) => {
        expect(["job", "not-work", "unreadable"]).toContain(read(value).type);
      }),
      { numRuns: 500 },
    );
  });
});
