import { beforeEach, expect, it } from "@jest/globals";
import type { PipelineStore } from "#core/ports/pipeline-store.ts";
import { must } from "../unit/support/builders.ts";

let pipelines = 0;

/** What every PipelineStore does; `make` may give the same store again: each test has a pipeline of its own. */
export function pipelineStoreContract(make: () => PipelineStore): void {
  let store: PipelineStore;
  let pipeline: string;
  beforeEach(() => {
    store = make();
    pipeline = `pipeline-${(pipelines += 1)}`;
  });

  const since = "2026-11-22T20:00:00.000Z";

  it("remembers when a pipeline was first introduced", async () => {
    expect(await store.readPipeline(pipeline)).toBeUndefined();

    await store.introducePipeline({ pipeline, since, paused: false });
    await store.introducePipeline({ pipeline, since: "2027-01-01T00:00:00.000Z", paused: true });

    expect(await store.readPipeline(pipeline)).toEqual({ pipeline, since, paused: false });
  });

  const [a, b] = [{ prefix: "a/", suffixes: [".jpg"] }, { prefix: "b/" }];

  it("lets a newer deploy begin what an earlier one has left pending, and nobody else", async () => {
    const later = "2027-01-01T00:00:00.000Z";
    const pending = { pipeline, uploads: a, paused: false, pending: true } as const;
    await store.introducePipeline({ ...pending, since });
    await store.setPaused(pipeline, true);

    await store.introducePipeline({ ...pending, since: later, uploads: b });
    await store.introducePipeline({ pipeline, since: "2028-01-01T00:00:00.000Z", paused: false });

    const introduced = must(await store.readPipeline(pipeline));
    expect(introduced).toEqual({ ...pending, since: later, uploads: b, paused: true });
    expect(await store.moveUploads(introduced, { since: later, uploads: b })).toBe(true);
    await store.introducePipeline({ ...pending, since: "2029-01-01T00:00:00.000Z" });
    expect(await store.readPipeline(pipeline)).toEqual({ pipeline, since: later, uploads: b, paused: true });
  });

  it("moves where uploads lie, keeps what else is known, and takes nothing from another writer", async () => {
    const before = { pipeline, uploads: a, since, paused: false, lookedUntil: since };
    const after = {
      uploads: b,
      since: "2027-01-01T00:00:00.000Z",
      earlier: [{ ...a, since, until: "2027-01-01T00:10:00.000Z", lookedUntil: since }],
    };
    await store.introducePipeline(before);
    await store.setPaused(pipeline, true);
    await store.noteLaunch(pipeline, since);
    const moved = { pipeline, paused: true, lastLaunchAt: since, ...after };

    expect(await store.moveUploads(before, after)).toBe(true);
    expect(await store.readPipeline(pipeline)).toEqual(moved);
    expect(await store.moveUploads(before, { uploads: { prefix: "c/" }, since })).toBe(false);
    expect(await store.readPipeline(pipeline)).toEqual(moved);

    const { earlier: _, ...rest } = after;
    expect(await store.moveUploads(moved, rest)).toBe(true);
    expect(await store.readPipeline(pipeline)).toEqual({
      pipeline,
      paused: true,
      lastLaunchAt: since,
      ...rest,
    });
  });

  it("learns where uploads lie of which nothing was written down", async () => {
    const known = { pipeline, since, paused: false, lookedUntil: since };
    await store.introducePipeline(known);

    expect(await store.moveUploads(known, { since, uploads: a, lookedUntil: since })).toBe(true);

    expect(await store.readPipeline(pipeline)).toEqual({ ...known, uploads: a });
    expect(await store.moveUploads({ ...known, pipeline: "nobody" }, { since, uploads: a })).toBe(false);
    expect(await store.readPipeline("nobody")).toBeUndefined();
  });

  it("reads many at once, and leaves out who has not been introduced", async () => {
    const [other, unknown] = [`${pipeline}-other`, `${pipeline}-unknown`];
    await store.introducePipeline({ pipeline, since, paused: false });
    await store.introducePipeline({ pipeline: other, since, paused: true });

    expect(await store.readPipelines([unknown, pipeline, other])).toEqual(
      new Map([
        [pipeline, { pipeline, since, paused: false }],
        [other, { pipeline: other, since, paused: true }],
      ]),
    );
    expect(await store.readPipelines([])).toEqual(new Map());
  });

  it("pauses and resumes", async () => {
    await store.introducePipeline({ pipeline, since, paused: false });

    await store.setPaused(pipeline, true);
    expect(await store.readPipeline(pipeline)).toEqual({ pipeline, since, paused: true });
    await store.setPaused(pipeline, false);
    expect(await store.readPipeline(pipeline)).toEqual({ pipeline, since, paused: false });
  });

  it("refuses to pause a pipeline that nobody has introduced", async () => {
    await expect(store.setPaused(pipeline, true)).rejects.toThrow();
    expect(await store.readPipeline(pipeline)).toBeUndefined();
  });

  it("remembers how far the inventory has looked, of a pipeline that was introduced", async () => {
    await store.noteLooked(pipeline, since);
    expect(await store.readPipeline(pipeline)).toBeUndefined();

    await store.introducePipeline({ pipeline, since, paused: false });
    await store.noteLooked(pipeline, since);
    await store.noteLooked(pipeline, "2026-11-22T21:00:00.000Z");
    expect(await store.readPipeline(pipeline)).toEqual({
      pipeline,
      since,
      paused: false,
      lookedUntil: "2026-11-22T21:00:00.000Z",
    });
  });

  it("remembers when a pipeline launched last, of one that was introduced", async () => {
    await store.noteLaunch(pipeline, since);
    expect(await store.readPipeline(pipeline)).toBeUndefined();

    await store.introducePipeline({ pipeline, since, paused: false });
    await store.noteLaunch(pipeline, since);
    await store.noteLaunch(pipeline, "2026-11-22T21:00:00.000Z");
    expect(await store.readPipeline(pipeline)).toEqual({
      pipeline,
      since,
      paused: false,
      lastLaunchAt: "2026-11-22T21:00:00.000Z",
    });
  });

  it("remembers what runs have taught; of two that learn at once the first is heard", async () => {
    const first = { pipeline, kinds: { "jpg/10": { seconds: 2.5 } }, revision: 1 };
    expect(await store.readExperience(pipeline)).toBeUndefined();

    await store.saveExperience(first);
    await store.saveExperience({ ...first, kinds: {} });
    expect(await store.readExperience(pipeline)).toEqual(first);

    const second = { ...first, kinds: { "jpg/10": { seconds: 3 } }, revision: 2 };
    await store.saveExperience(second);
    expect(await store.readExperience(pipeline)).toEqual(second);
  });

  it("adds up what the runs of a day come to, and forgets it with the day and when the pipeline is resumed", async () => {
    const [today, tomorrow] = ["2026-11-22", "2026-11-23"];
    const tally = async () => (await store.readPipeline(pipeline))?.tally;
    await store.introducePipeline({ pipeline, since, paused: false });

    await store.addToTally(pipeline, { day: today, runs: 1, usd: 0.5 });
    await store.addToTally(pipeline, { day: today, runs: 1, usd: 0.25 });
    expect(await tally()).toEqual({ day: today, runs: 2, usd: 0.75 });
    await store.addToTally(pipeline, { day: tomorrow, runs: 1, usd: 1 });
    expect(await tally()).toEqual({ day: tomorrow, runs: 1, usd: 1 });
    // By a clock that is a moment behind midnight.
    await store.addToTally(pipeline, { day: today, runs: 1, usd: 1 });
    expect(await tally()).toEqual({ day: tomorrow, runs: 1, usd: 1 });

    await store.setPaused(pipeline, true);
    expect(await tally()).toEqual({ day: tomorrow, runs: 1, usd: 1 });
    await store.setPaused(pipeline, false);
    expect(await tally()).toBeUndefined();
  });

  it("counts nothing for a pipeline that nobody has introduced", async () => {
    await store.addToTally(pipeline, { day: "2026-11-22", runs: 1, usd: 1 });

    expect(await store.readPipeline(pipeline)).toBeUndefined();
  });

  it("keeps where launches found no room, and of two that write at once the first is heard", async () => {
    const standing = await store.readHolds();
    const revision = (standing?.revision ?? 0) + 1;
    const hold = { ceiling: 3, revision, until: since, level: 0 };
    const first = { holds: { [pipeline]: hold }, revision };

    expect(await store.saveHolds(first)).toEqual({ saved: true });
    expect(await store.saveHolds({ ...first, holds: {} })).toEqual({ saved: false, current: first });

    expect(await store.readHolds()).toEqual(first);
  });

  it("keeps where sweep stopped", async () => {
    expect(await store.readSweepPosition()).toEqual({ flights: "", tasks: "", notices: "" });

    await store.saveSweepPosition({ flights: "run-1", tasks: "page-2", notices: "" });
    await store.saveSweepPosition({ flights: "", tasks: "", notices: "images#application#1" });

    expect(await store.readSweepPosition()).toEqual({
      flights: "",
      tasks: "",
      notices: "images#application#1",
    });
    await store.saveSweepPosition({ flights: "", tasks: "", notices: "" });
  });

  it("keeps the pipelines that sweep has known", async () => {
    expect(await store.readKnownPipelines()).toEqual({});

    await store.noteKnownPipelines({ images: "", pk: "" });
    await store.noteKnownPipelines({ scans: "", images: "2026-11-22T20:00:00.000Z" });

    expect(await store.readKnownPipelines()).toEqual({
      images: "2026-11-22T20:00:00.000Z",
      pk: "",
      scans: "",
    });
  });

  it("keeps what sweep waits for", async () => {
    expect(await store.readWatches([pipeline])).toEqual(new Map());

    await store.saveWatch({ pipeline, since, jobIds: ["a", "b"] });
    await store.saveWatch({ pipeline, since, jobIds: [] });

    expect(await store.readWatches([pipeline, `${pipeline}-other`])).toEqual(
      new Map([[pipeline, { pipeline, since, jobIds: [] }]]),
    );
  });
}
