import { describe, expect, it } from "@jest/globals";
import { uploadCreatedEvent } from "#core/intake/upload-event.ts";
import { uploadJobId } from "#core/jobs/job-id.ts";
import type { ListedOrder } from "#core/ordering/object-line.ts";
import { objectIdOf } from "#core/ordering/object-line.ts";
import { aPipeline } from "../support/builders.ts";
import { Stage, UPLOADS, uploadEvent } from "../support/stage.ts";

const KEY = "images/a.jpg";
const idOf = (version: number) =>
  uploadJobId({ pipeline: "images", bucket: UPLOADS, key: KEY, versionId: `v${version}` });
const event = (version: number) =>
  uploadEvent(KEY, { "version-id": `v${version}`, sequencer: `00${version}A` });

function newestOnly(): Stage {
  return new Stage({
    pipelines: { images: aPipeline("images", { onOverwrite: "newest-only", pack: { maxJobs: 1 } }) },
  });
}

async function statesOf(stage: Stage, ...versions: number[]) {
  const jobs = await Promise.all(versions.map((version) => stage.jobs.readJob(idOf(version))));
  return jobs.map((job) => job?.state);
}

async function currentOf(stage: Stage): Promise<string | undefined> {
  const line = await stage.lines.readLine(objectIdOf({ pipeline: "images", bucket: UPLOADS, key: KEY }));
  return line?.current;
}

describe("newest-only", () => {
  it.each([[[1, 2, 3]], [[3, 2, 1]], [[2, 3, 1]], [[2, 2, 1, 3, 3, 1, 2]]])(
    "works on the newest version alone where events come as %j",
    async (arrivals) => {
      const stage = newestOnly();

      for (const version of arrivals) await stage.intake(event(version));
      await stage.settle();

      expect(await statesOf(stage, 1, 2, 3)).toEqual(["SUPERSEDED", "SUPERSEDED", "SUCCEEDED"]);
      expect(stage.performed).toEqual([`${idOf(3)}/1`]);
      expect(await stage.jobs.readJob(idOf(1))).toMatchObject({
        supersededBy: expect.any(String),
      });
      expect(await currentOf(stage)).toBe(idOf(3));
    },
  );

  it("lets the newer version's end see to those whom it overtook, where intake died and its message with it", async () => {
    const stage = newestOnly();
    await stage.intake(event(1));
    const job = await stage.jobs.readJob(idOf(1));
    if (job === undefined) throw new Error("There is no job.");
    await stage.jobs.saveJob({ ...job, notBefore: "2027-01-01T00:00:00.000Z", revision: job.revision + 1 });
    stage.faults.arm({ call: 5, effect: "none", kind: "error" });
    await stage.intake(event(2)).catch(() => undefined);
    stage.faults.arm(undefined);
    expect(await statesOf(stage, 1, 2)).toEqual(["RUNNABLE", "RUNNABLE"]);

    await stage.dispatch();
    for (const { taskArn } of stage.launcher.tasks) await stage.runTask(taskArn);
    for (const body of stage.taskEvents.splice(0)) await stage.track(body);

    expect(await statesOf(stage, 1, 2)).toEqual(["SUPERSEDED", "SUCCEEDED"]);
    expect(await currentOf(stage)).toBe(idOf(2));
  });

  it("works on every version where the pipeline does not say so", async () => {
    const stage = new Stage();

    for (const version of [2, 1]) await stage.intake(event(version));
    await stage.settle();

    expect(await statesOf(stage, 1, 2)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
    expect(await currentOf(stage)).toBeUndefined();
  });

  it.each(["succeeded", "failed"] as const)(
    "lets an older version that is worked on end (%s), but its result does not replace the newer one's",
    async (outcome) => {
      const stage = newestOnly();
      await stage.intake(event(1));
      await stage.dispatch();
      const slow = stage.launcher.tasks[0]?.taskArn ?? "";
      let other = "";

      await stage.runTask(slow, (jobId) => {
        other = jobId;
        return outcome === "succeeded"
          ? { type: "succeeded", result: 1 }
          : { type: "failed", report: { reason: "later", tryAgain: true } };
      });
      await stage.intake(event(2));
      await stage.settle();

      expect(other).toBe(idOf(1));
      expect(await statesOf(stage, 1, 2)).toEqual([
        outcome === "succeeded" ? "SUCCEEDED" : "SUPERSEDED",
        "SUCCEEDED",
      ]);
      expect(stage.performed).toEqual([`${idOf(1)}/1`, `${idOf(2)}/1`]);
      expect(await currentOf(stage)).toBe(idOf(2));
    },
  );

  it("does not begin a job that a newer version overtook between its launch and its turn", async () => {
    const stage = newestOnly();
    await stage.intake(event(1));
    await stage.dispatch();

    await stage.intake(event(2));
    await stage.settle();

    expect(await statesOf(stage, 1, 2)).toEqual(["SUPERSEDED", "SUCCEEDED"]);
    expect(stage.performed).toEqual([`${idOf(2)}/1`]);
    expect(await stage.jobs.readJob(idOf(1))).toMatchObject({ attempts: [{ outcome: "released" }] });
  });

  it.each(["none", "done"] as const)(
    "comes to the same through a crash at every call (effect: %s)",
    async (effect) => {
      for (let call = 1; call <= 8; call += 1) {
        const stage = newestOnly();
        for (const [index, version] of [1, 2].entries()) {
          if (index === 1) stage.faults.arm({ call, effect, kind: "crash" });
          await stage.intake(event(version)).catch(async () => {
            stage.faults.arm(undefined);
            await stage.intake(event(version));
          });
          stage.faults.arm(undefined);
        }
        await stage.settle();

        expect({ call, states: await statesOf(stage, 1, 2) }).toEqual({
          call,
          states: ["SUPERSEDED", "SUCCEEDED"],
        });
      }
    },
  );

  it("comes to the same where both versions are recorded at the same moment", async () => {
    const stage = newestOnly();

    await Promise.all([3, 1, 2].map((version) => stage.intake(event(version))));
    await stage.settle();

    expect(await statesOf(stage, 1, 2, 3)).toEqual(["SUPERSEDED", "SUPERSEDED", "SUCCEEDED"]);
  });
});

describe("newest-only, with versions that the inventory found", () => {
  const found = (version: number, order: ListedOrder) =>
    JSON.stringify(
      uploadCreatedEvent(
        {
          bucket: UPLOADS,
          key: KEY,
          versionId: `v${version}`,
          sizeBytes: 5,
          lastModified: "2026-11-22T19:00:00.000Z",
          isLatest: order.newestVersionId === `v${version}`,
        },
        order,
      ),
    );

  /** Between the job and its line. */
  async function intakeDies(stage: Stage, message: string): Promise<void> {
    stage.faults.arm({ call: 2, effect: "none", kind: "crash" });
    await expect(stage.intake(message)).rejects.toThrow();
    stage.faults.arm(undefined);
  }

  it("supersedes what is older in the listing, in whatever order the messages come", async () => {
    for (const order of [
      [2, 3],
      [3, 2],
    ]) {
      const stage = newestOnly();
      await stage.intake(event(1));
      for (const version of order) {
        const olderVersionIds = version === 3 ? ["v2", "v1"] : [];
        await stage.intake(found(version, { newestVersionId: "v3", olderVersionIds }));
      }
      await stage.settle();

      expect(await statesOf(stage, 1, 2, 3)).toEqual(["SUPERSEDED", "SUPERSEDED", "SUCCEEDED"]);
      expect(await stage.jobs.readJob(idOf(2))).toMatchObject({ supersededBy: idOf(3) });
    }
  });

  it("counts the newer one where a found one is overwritten, and works on both", async () => {
    const stage = newestOnly();

    await stage.intake(found(1, { newestVersionId: "v1", olderVersionIds: [] }));
    await stage.intake(event(2));
    await stage.settle();

    // Nobody can tell that the found one is not the newer: it may be one that the listing did not have.
    expect(await statesOf(stage, 1, 2)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
    expect(await currentOf(stage)).toBe(idOf(2));
  });

  it("counts the found one's result that came before it had its place, for intake had died on the way", async () => {
    const stage = newestOnly();
    await stage.intake(event(1));
    await stage.settle();
    const message = found(2, { newestVersionId: "v2", olderVersionIds: ["v1"] });
    await intakeDies(stage, message);
    await stage.settle();
    expect(await statesOf(stage, 1, 2)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
    // Its message may be given up, and never come again.
    expect(await currentOf(stage)).toBe(idOf(2));

    await stage.intake(message);

    expect(await currentOf(stage)).toBe(idOf(2));
  });

  it("knows by its late event where a found one stands whose intake died before its place", async () => {
    const stage = newestOnly();
    await stage.intake(event(1));
    await intakeDies(stage, found(2, { newestVersionId: "v2", olderVersionIds: ["v1"] }));

    await stage.intake(event(2));
    await stage.settle();

    expect(await statesOf(stage, 1, 2)).toEqual(["SUPERSEDED", "SUCCEEDED"]);
    expect(await currentOf(stage)).toBe(idOf(2));
  });

  it("never lets go of the newest for the late event of one that its listing does not tell of", async () => {
    const all = Array.from({ length: 120 }, (_, index) => `v${119 - index}`);
    for (const listing of [
      { newest: 120, late: 5, olderVersionIds: all.slice(0, 100) },
      // A person has deleted version 1 meanwhile.
      { newest: 2, late: 1, olderVersionIds: [] },
    ]) {
      const { newest, late, olderVersionIds } = listing;
      const stage = newestOnly();
      const sequencerOf = (version: number) => ({ sequencer: String(version).padStart(8, "0") });
      const uploaded = (version: number) =>
        uploadEvent(KEY, { "version-id": `v${version}`, ...sequencerOf(version) });

      await stage.intake(found(newest, { newestVersionId: `v${newest}`, olderVersionIds }));
      await stage.intake(uploaded(late));
      await stage.intake(uploaded(newest));
      await stage.settle();

      expect(await statesOf(stage, newest)).toEqual(["SUCCEEDED"]);
      expect(await currentOf(stage)).toBe(idOf(newest));
    }
  });

  it("nor for one that an earlier listing had found, whose intake had died", async () => {
    const all = Array.from({ length: 120 }, (_, index) => `v${119 - index}`);
    const stage = newestOnly();
    await intakeDies(stage, found(5, { newestVersionId: "v5", olderVersionIds: ["v4"] }));

    await stage.intake(found(120, { newestVersionId: "v120", olderVersionIds: all.slice(0, 100) }));
    await stage.intake(uploadEvent(KEY, { "version-id": "v5", sequencer: "0005" }));
    await stage.settle();

    expect(await statesOf(stage, 120)).toEqual(["SUCCEEDED"]);
    expect(await currentOf(stage)).toBe(idOf(120));
  });

  it("remembers what its listing had where its own end has to begin the line", async () => {
    const stage = newestOnly();
    await intakeDies(stage, found(2, { newestVersionId: "v2", olderVersionIds: ["v1"] }));
    await stage.settle();
    expect(await currentOf(stage)).toBe(idOf(2));

    await stage.intake(event(1));
    await stage.settle();

    expect(await statesOf(stage, 1, 2)).toEqual(["SUPERSEDED", "SUCCEEDED"]);
    expect(await currentOf(stage)).toBe(idOf(2));
  });

  it("counts the result of an older one that was worked on, where the newest comes to nothing", async () => {
    const stage = newestOnly();
    await stage.intake(event(1));
    await stage.settle();
    await stage.intake(event(3));
    await stage.settle(() => ({ type: "failed", report: { reason: "broken", tryAgain: false } }));
    const message = found(2, { newestVersionId: "v3", olderVersionIds: ["v1"] });
    await intakeDies(stage, message);
    await stage.settle();
    expect(await statesOf(stage, 1, 2, 3)).toEqual(["SUCCEEDED", "SUCCEEDED", "FAILED"]);

    await stage.intake(message);

    expect(await currentOf(stage)).toBe(idOf(2));
  });

  it("works on both where nobody can tell which is newer", async () => {
    const stage = newestOnly();

    await stage.intake(event(2));
    await stage.intake(found(1, { newestVersionId: "v1", olderVersionIds: [] }));
    await stage.settle();

    expect(await statesOf(stage, 1, 2)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
    expect(await currentOf(stage)).toBe(idOf(2));
  });
});
