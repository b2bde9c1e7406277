import { describe, expect, test } from "@jest/globals";
import { GetObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import exifr from "exifr";
import type { Job } from "#core/jobs/job.ts";
import type { ImageDescription } from "../../../tasks/media/task.ts";
import type { DeployedService } from "../support/deployed-service.ts";
import { endOf, resultKeys, runsOf } from "../support/jobs.ts";
import { sample, upload } from "../support/uploads.ts";

const ORDER = ["RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED"];

export function uploadJourney(service: DeployedService): void {
  describe("an upload", () => {
    const done: { job?: Job; key: string } = { key: "images/journey/harbour.jpg" };
    const theJob = (): Job => {
      if (done.job === undefined) throw new Error("The upload has not ended.");
      return done.job;
    };

    test("becomes a job that goes through its states in order, once through each", async () => {
      const { jobId, versionId, sizeBytes } = await upload(service, done.key, sample("harbour-at-dusk.jpg"));
      const states = await statesOf(service, jobId);

      done.job = await endOf(service, jobId);
      expect(states).toEqual(ORDER.filter((state) => states.includes(state)));
      expect(states).toEqual(expect.arrayContaining(["RUNNABLE", "SUCCEEDED"]));
      expect(done.job).toMatchObject({
        pipeline: "images",
        state: "SUCCEEDED",
        // One write a state: there is no other way to the last one.
        revision: ORDER.length,
        source: {
          type: "upload",
          bucket: service.outputs.UploadsBucket,
          key: done.key,
          versionId,
          sizeBytes,
        },
        attempts: [{ outcome: "succeeded" }],
      });
      const { createdAt, endedAt = "", attempts } = done.job;
      const times = [createdAt, attempts[0]?.startedAt ?? "", attempts[0]?.endedAt ?? "", endedAt];
      expect(times.toSorted()).toEqual(times);
    });

    test("has its result in the table and its thumbnails in the results bucket, under the attempt", async () => {
      const { jobId, result } = theJob();
      const { derived, ...facts } = result as ImageDescription;

      expect(facts).toMatchObject({
        kind: "image",
        format: "jpeg",
        width: 1440,
        height: 960,
        orientation: 1,
        frames: 1,
        gps: { latitude: 57.7042, longitude: 11.9584 },
      });
      expect(await resultKeys(service, `jobs/${jobId}/`)).toEqual(derived.map(({ key }) => key).toSorted());
      expect(derived).toHaveLength(3);
      for (const { key, sizeBytes } of derived) {
        expect(key).toMatch(new RegExp(`^jobs/${jobId}/1/`));
        const head = await service.operator.s3.send(
          new HeadObjectCommand({ Bucket: service.outputs.ResultsBucket, Key: key }),
        );
        expect(head).toMatchObject({ ContentLength: sizeBytes, ContentType: "image/webp" });
      }
    });

    test("leaves no place and no camera in what is derived from it", async () => {
      const original = await exifr.parse(sample("harbour-at-dusk.jpg"), { gps: true });
      expect(original).toMatchObject({ Make: expect.any(String), latitude: expect.any(Number) });

      for (const { key } of (theJob().result as ImageDescription).derived) {
        const { Body } = await service.operator.s3.send(
          new GetObjectCommand({ Bucket: service.outputs.ResultsBucket, Key: key }),
        );
        const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
        expect(bytes.toString("latin1", 8, 12)).toBe("WEBP");
        expect(await metadataIn(bytes)).toEqual([]);
      }
    });

    test("is told on the bus: its run's stop and its own success", async () => {
      const { jobId, attempts } = theJob();
      const [attempt] = attempts;

      const told = await service.witness.jobEvents(jobId);
      const stops = await service.witness.saw(
        `Run Stopped of ${attempt?.runId}`,
        ({ detail, "detail-type": type }) => type === "Run Stopped" && detail["runId"] === attempt?.runId,
      );

      expect(new Set(told.map((event) => event["detail-type"]))).toEqual(new Set(["Job Succeeded"]));
      expect(told[0]?.detail).toMatchObject({
        jobId,
        pipeline: "images",
        state: "SUCCEEDED",
        runId: attempt?.runId,
        taskArn: attempt?.taskArn,
        source: { type: "upload", key: done.key },
      });
      expect(stops[0]?.detail).toMatchObject({
        class: "succeeded",
        exitCode: 0,
        jobs: 1,
        costUsd: expect.any(Number),
      });
    });

    test("is the work of one run, whose task went through ECS's states", async () => {
      const { jobId, attempts } = theJob();
      const runs = await runsOf(service, jobId);

      expect(runs).toMatchObject([{ runId: attempts[0]?.runId, state: "STOPPED", exitCode: 0, launches: 1 }]);
      const events = await service.witness.taskEvents(attempts[0]?.taskArn ?? "");
      const statuses = events.map(({ detail }) => detail["lastStatus"] as string);
      expect(statuses.at(0)).toBe("PROVISIONING");
      expect(statuses.at(-1)).toBe("STOPPED");
      expect(statuses).toEqual(expect.arrayContaining(["PENDING", "RUNNING", "DEPROVISIONING"]));
    });
  });
}

/** Watches the job's states as they follow each other, from the first to the last. */
async function statesOf(service: DeployedService, jobId: string): Promise<string[]> {
  const states: string[] = [];
  const until = Date.now() + 120_000;
  while (states.at(-1) !== "SUCCEEDED" && Date.now() < until) {
    const state = (await service.operator.jobs.readJob(jobId))?.state;
    if (state !== undefined && state !== states.at(-1)) states.push(state);
  }
  return states;
}

/** The chunks of a WebP file that hold no picture: EXIF, XMP, ICCP. */
async function metadataIn(webp: Buffer): Promise<string[]> {
  const chunks: string[] = [];
  for (
    let at = 12;
    at + 8 <= webp.length;
    at += 8 + webp.readUInt32LE(at + 4) + (webp.readUInt32LE(at + 4) % 2)
  ) {
    chunks.push(webp.toString("latin1", at, at + 4).trim());
  }
  const exif = (await exifr.parse(webp, { gps: true }).catch(() => undefined)) as object | undefined;
  return [...chunks.filter((chunk) => ["EXIF", "XMP", "ICCP"].includes(chunk)), ...Object.keys(exif ?? {})];
}
