import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Job } from "#core/jobs/job.ts";
import type { ImageDescription } from "../../../tasks/media/task.ts";
import type { DeployedService } from "../support/deployed-service.ts";
import { ended } from "../support/jobs.ts";
import { upload } from "../support/uploads.ts";

/** Files of the world with facts that other tools measured; they lie beside the repository where it is built. */
const FOLDER = join(import.meta.dirname, "..", "..", "..", "..", "shared", "media");
const MANIFEST = join(FOLDER, "MANIFEST.json");

interface Entry {
  readonly file: string;
  readonly kind: string;
  readonly broken?: boolean;
  readonly bomb?: boolean;
  readonly expected: {
    readonly mime: string;
    readonly width: number;
    readonly height: number;
    readonly orientation?: number | null;
    readonly displayWidth?: number;
    readonly displayHeight?: number;
    readonly latitude?: number;
    readonly longitude?: number;
    readonly frames?: number;
    readonly apngFrames?: number;
  };
}

const entries: Entry[] = existsSync(MANIFEST) ? JSON.parse(readFileSync(MANIFEST, "utf8")) : [];
const images = entries.filter(({ kind }) => kind === "image");

/** What the media task has no decoder for, and what is no picture any more. */
const isRefused = ({ broken, bomb, expected }: Entry): boolean =>
  broken === true || bomb === true || ["image/heic", "image/heif", "image/svg+xml"].includes(expected.mime);

export function realFiles(service: DeployedService): void {
  if (images.length === 0) {
    console.warn(`SKIPPED: the real media files are not at ${FOLDER}; nothing was compared with them.`);
    test("says aloud that the real media files are missing", () => expect(existsSync(MANIFEST)).toBe(false));
    return;
  }

  describe("a picture of the world", () => {
    const jobs = new Map<string, Job>();

    beforeAll(async () => {
      const idOf = new Map<string, string>();
      for (const { file } of images) {
        const { jobId } = await upload(
          service,
          `images/world/${basename(file)}`,
          readFileSync(join(FOLDER, file)),
        );
        idOf.set(jobId, file);
      }
      for (const job of await ended(service, [...idOf.keys()], { deadlineMs: 150_000 })) {
        jobs.set(idOf.get(job.jobId) ?? "", job);
      }
    });

    test.each(images.filter((entry) => !isRefused(entry)).map((entry) => [entry.file, entry] as const))(
      "%s goes the whole way and has its measured facts",
      (file, { expected }) => {
        const job = jobs.get(file);
        const result = job?.result as ImageDescription;

        expect({ state: job?.state, failure: job?.failure }).toEqual({
          state: "SUCCEEDED",
          failure: undefined,
        });
        expect(result).toMatchObject({
          width: expected.displayWidth ?? expected.width,
          height: expected.displayHeight ?? expected.height,
          orientation: expected.orientation ?? 1,
          frames: expected.apngFrames ?? expected.frames,
        });
        expect(Object.keys(result.gps ?? {})).toEqual(
          expected.latitude === undefined ? [] : ["latitude", "longitude"],
        );
        expect(result.gps?.latitude ?? 0).toBeCloseTo(expected.latitude ?? 0, 4);
        expect(result.gps?.longitude ?? 0).toBeCloseTo(expected.longitude ?? 0, 4);
      },
    );

    test.each(images.filter(isRefused).map(({ file }) => file))(
      "%s cannot be decoded and fails with a reason",
      (file) => {
        expect(jobs.get(file)).toMatchObject({
          state: "FAILED",
          attempts: [{ outcome: "application" }],
          failure: {
            class: "application",
            retry: "no",
            reason: expect.stringMatching(/^The (file|image) .+\.$/),
          },
        });
      },
    );
  });
}
