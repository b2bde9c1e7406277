import { beforeAll, describe, expect, test } from "@jest/globals";
import type { DeployedService } from "../support/deployed-service.ts";
import { endOf, ended, resultKeys } from "../support/jobs.ts";
import { mailAbout } from "../support/mails.ts";
import { drained } from "../support/queues.ts";
import { sample, upload, type UploadedObject } from "../support/uploads.ts";

const MAX_KEY_BYTES = 1024;

const BAD: readonly [what: string, key: string, file: string, reason: string][] = [
  ["a truncated JPEG", "images/bad/truncated.jpg", "truncated.jpg", "The file ends early"],
  ["a file of no bytes", "images/bad/empty.jpg", "empty.jpg", "The file is empty (0 bytes)"],
  ["a PDF named .jpg", "images/bad/report.jpg", "pdf-named.jpg", "The file is a PDF document, not an image"],
  ["an SVG drawing", "images/bad/drawing.svg", "drawing.svg", "The file is an SVG drawing"],
  [
    "a picture of too many pixels",
    "images/bad/bomb.png",
    "too-many-pixels.png",
    "The image has too many pixels",
  ],
];

const KEYS: readonly [what: string, key: string][] = [
  ["with plus, percent, spaces and emoji", "images/50% off + two  spaces %2B %20 🏔️ ünï.jpg"],
  ["that looks like a path", "images/../a/./b//c\\d.jpg"],
  ["with quotes, ampersands and angle brackets", `images/<b>&amp;"it's".jpg`],
  ["of 1,024 bytes", longKey()],
];

function longKey(): string {
  const [prefix, suffix] = ["images/long/", ".jpg"];
  const left = MAX_KEY_BYTES - Buffer.byteLength(prefix + suffix);
  return `${prefix}${"é".repeat(Math.floor(left / 2))}${"x".repeat(left % 2)}${suffix}`;
}

export function unusualUploads(service: DeployedService): void {
  describe("among unusual uploads", () => scenario(service));
}

function scenario(service: DeployedService): void {
  const uploads = new Map<string, UploadedObject>();
  const uploaded = (key: string): UploadedObject => {
    const found = uploads.get(key);
    if (found === undefined) throw new Error(`${key} was not uploaded.`);
    return found;
  };

  beforeAll(async () => {
    for (const [, key, file] of BAD) uploads.set(key, await upload(service, key, sample(file)));
    for (const [, key] of KEYS) uploads.set(key, await upload(service, key, sample("orientation-6.jpg")));
  });

  describe("an upload that cannot be worked on", () => {
    test.each(BAD)(
      "%s fails once and for all, with a reason that an administrator is mailed",
      async (_, key, __, reason) => {
        const { jobId } = uploaded(key);

        const job = await endOf(service, jobId);
        const mail = await mailAbout(service, key);
        const events = await service.witness.jobEvents(jobId);

        expect(job).toMatchObject({
          state: "FAILED",
          failure: { class: "application", retry: "no", reason: expect.stringContaining(reason) },
          attempts: [{ outcome: "application" }],
        });
        expect(mail.to).toBe("admin@example.com");
        expect(mail.subject).toContain("images failed (application)");
        expect(mail.body).toContain(job.failure?.reason);
        expect(mail.body).not.toContain("could not be read");
        expect(mail.body).toContain(`npx slipway retry ${jobId}`);
        expect(events[0]).toMatchObject({ "detail-type": "Job Failed", detail: { failure: job.failure } });
        expect(await resultKeys(service, `jobs/${jobId}/`)).toEqual([]);
      },
    );

    test("a folder marker makes no job, nor does a file that no pipeline takes", async () => {
      const marker = await upload(service, "images/holiday/", Buffer.alloc(0));
      const markerLikeAnImage = await upload(service, "images/holiday.jpg/", Buffer.alloc(0));
      const notes = await upload(service, "images/notes.txt", sample("notes.txt"));
      const elsewhere = await upload(service, "elsewhere/bay.jpg", sample("bay.jpg"));
      const photo = await upload(service, "images/holiday/bay.jpg", sample("bay.jpg"));

      await endOf(service, photo.jobId);
      await service.witness.uploadEvents(elsewhere.key);
      await drained(service, service.outputs.IntakeQueueUrl);

      const jobs = await service.operator.jobs.listRecent({ pipeline: "images", limit: 500 });
      const keys = jobs.map(({ source }) => (source.type === "upload" ? source.key : ""));
      expect(keys).toContain(photo.key);
      for (const { key } of [marker, markerLikeAnImage, notes, elsewhere]) expect(keys).not.toContain(key);
    });
  });

  describe("a key", () => {
    test.each(KEYS)("%s is taken as it is", async (_, key) => {
      const job = await endOf(service, uploaded(key).jobId);

      expect(job).toMatchObject({ state: "SUCCEEDED", source: { key }, result: { orientation: 6 } });
    });

    test("uploaded twice makes a job for each version", async () => {
      const key = "images/versions.jpg";
      const first = await upload(service, key, sample("orientation-1.jpg"));
      const second = await upload(service, key, sample("orientation-8.jpg"));

      const jobs = await ended(service, [first.jobId, second.jobId]);

      expect(jobs).toMatchObject([
        { state: "SUCCEEDED", source: { versionId: first.versionId }, result: { orientation: 1 } },
        { state: "SUCCEEDED", source: { versionId: second.versionId }, result: { orientation: 8 } },
      ]);
    });
  });
}
