import { describe, expect, test } from "@jest/globals";
import type { DeployedService } from "../support/deployed-service.ts";
import { ended, jobThat, resultKeys } from "../support/jobs.ts";
import { slowPicture } from "../support/slow-pictures.ts";
import { sample, upload, type UploadedObject } from "../support/uploads.ts";

/** A back-off, and messages that come back only when their visibility timeout is over. */
const DEADLINE_MS = 180_000;

/** @returns what has to be seen later: what was cut off waits for its next attempt */
export function restarts(service: DeployedService): { afterwards(): void } {
  const uploads: UploadedObject[] = [];

  describe("a cloud that is stopped in the middle of work", () => {
    test("starts again where it was", async () => {
      const picture = await slowPicture();
      const early = await Promise.all(
        [1, 2, 3].map((number) => upload(service, `images/restart/slow-${number}.png`, picture)),
      );
      await Promise.any(
        early.map(({ jobId }) => jobThat(service, jobId, "runs", ({ state }) => state === "RUNNING")),
      );
      const late = await Promise.all(
        [1, 2, 3].map((number) => upload(service, `images/restart/late-${number}.jpg`, sample("bay.jpg"))),
      );
      uploads.push(...early, ...late);
      const before = { ...service.outputs, endpoint: service.cloud.endpoint };

      await service.restart();

      expect({ ...service.outputs, endpoint: service.cloud.endpoint }).toEqual(before);
    });
  });

  const afterwards = (): void => {
    describe("after a cloud was stopped in the middle of work", () => {
      test(
        "every upload still succeeded, once",
        async () => {
          const jobs = await ended(
            service,
            uploads.map(({ jobId }) => jobId),
            { deadlineMs: DEADLINE_MS },
          );

          expect(jobs.map(({ state }) => state)).toEqual(Array(6).fill("SUCCEEDED"));
          expect(jobs.some(({ attempts }) => attempts.length > 1)).toBe(true);
          for (const { jobId, attempts, result } of jobs) {
            expect(attempts.filter(({ outcome }) => outcome === "succeeded")).toHaveLength(1);
            const { derived } = result as { derived: { key: string }[] };
            expect(await resultKeys(service, `jobs/${jobId}/${attempts.length}/`)).toEqual(
              derived.map(({ key }) => key).toSorted(),
            );
          }
        },
        DEADLINE_MS + 10_000,
      );
    });
  };
  return { afterwards };
}
