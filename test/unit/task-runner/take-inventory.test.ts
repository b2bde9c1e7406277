import { describe, expect, test } from "@jest/globals";
import { readTrigger } from "#core/intake/read-trigger.ts";
import { uploadJobId } from "#core/jobs/job-id.ts";
import type { EarlierUploads } from "#core/ports/pipeline-store.ts";
import type { ObjectVersion } from "#core/ports/object-store.ts";
import { definePipelines } from "#core/pipelines/define-pipelines.ts";
import { takeInventory } from "#flow/take-inventory.ts";
import type { InventoryPorts } from "#flow/take-inventory.ts";
import { aJob } from "./support/work-bench.ts";

const NOW = new Date("2026-11-22T20:00:00.000Z");
const BUCKET = "uploads";

const pipelinesWith = (backfill: boolean, onOverwrite: "process-all" | "newest-only") =>
  definePipelines({
    images: {
      source: { type: "upload", prefix: "images/", suffixes: [".jpg"], backfill, emptyFiles: "skip" },
      task: "media",
      onOverwrite,
    },
    ticks: { source: { type: "schedule", expression: "rate(1 hour)" }, task: "inventory" },
  });

function aVersion(key: string, change: Partial<ObjectVersion> = {}): ObjectVersion {
  const lastModified = "2026-11-22T19:00:00.000Z";
  return {
    bucket: BUCKET,
    key,
    versionId: `v-${key}`,
    sizeBytes: 7,
    lastModified,
    isLatest: true,
    ...change,
  };
}

interface Scene {
  pages: ObjectVersion[][];
  known?: string[];
  since?: string | undefined;
  /** On record; none by default. */
  prefix?: string;
  backfill?: boolean;
  onOverwrite?: "process-all" | "newest-only";
  lookedUntil?: string;
  earlier?: EarlierUploads;
  full?: boolean;
}

async function take(scene: Scene) {
  const { pages, known = [], since = "2026-01-01T00:00:00.000Z", prefix, lookedUntil, earlier, full } = scene;
  const looked: string[] = [];
  const forgotten: string[] = [];
  const sent: unknown[] = [];
  const pipelines = pipelinesWith(scene.backfill ?? false, scene.onOverwrite ?? "process-all");
  const ports: InventoryPorts = {
    listing: {
      cuts: async () => [],
      async *listVersions({ prefix }) {
        for (const page of pages) yield page.filter(({ key }) => key.startsWith(prefix));
      },
    },
    jobs: { readJobs: async (ids) => ids.filter((id) => known.includes(id)).map((id) => aJob(id)) },
    pipelineStore: {
      readPipeline: async (pipeline) =>
        since === "never"
          ? undefined
          : {
              pipeline,
              since,
              paused: false,
              ...(prefix === undefined ? {} : { prefix }),
              ...(lookedUntil === undefined ? {} : { lookedUntil }),
              ...(earlier === undefined || pipeline !== "images" ? {} : { earlier }),
            },
      noteLooked: async (_pipeline, until) => void looked.push(until),
      forgetEarlier: async (_pipeline, { prefix }) => void forgotten.push(prefix),
    },
    intake: { send: async (events) => void sent.push(...events) },
    clock: { now: () => NOW },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    pipelines,
  };
  const { signal } = new AbortController();
  const counts = await takeInventory(
    {
      bucket: BUCKET,
      asOf: NOW,
      days: 7,
      settleSeconds: 120,
      signal,
      ...(full === undefined ? {} : { full }),
    },
    ports,
  );
  const context = { pipelines, uploadsBucket: BUCKET, rulePrefix: "slipway-dev-" };
  const triggers = sent.map((event) => readTrigger(event, context));
  return { counts, triggers, sent, looked, forgotten };
}

describe("the inventory", () => {
  test("sends what no job knows in words that intake understands, and makes the same job of it", async () => {
    const version = aVersion("images/a b+c%20🎉.jpg", { etag: "abc" });

    const { triggers } = await take({ pages: [[version]] });

    expect(triggers).toMatchObject([
      {
        type: "job",
        jobId: uploadJobId({ pipeline: "images", ...version }),
        source: { key: "images/a b+c%20🎉.jpg", versionId: version.versionId, sizeBytes: 7, etag: "abc" },
      },
    ]);
    expect(triggers[0]).not.toHaveProperty("source.sequencer");
  });

  test("says of the versions of a newest-only pipeline which is the newest, also across pages", async () => {
    const version = (versionId: string) => aVersion("images/a.jpg", { versionId });
    const pages = [[aVersion("images/0.jpg"), version("v3")], [version("v2")], [version("v1")]];
    const known = [uploadJobId({ pipeline: "images", ...version("v1") })];

    const { triggers } = await take({ pages, known, onOverwrite: "newest-only" });
    const unordered = await take({ pages, known });

    expect(triggers).toMatchObject([
      { source: { listed: { newestVersionId: "v-images/0.jpg", olderVersionIds: [] } } },
      { source: { versionId: "v3", listed: { newestVersionId: "v3", olderVersionIds: ["v2", "v1"] } } },
      { source: { versionId: "v2", listed: { newestVersionId: "v3", olderVersionIds: ["v1"] } } },
    ]);
    expect(unordered.triggers).toHaveLength(3);
    expect(unordered.sent[0]).not.toHaveProperty("detail.object.newest-version-id");
  });

  test("counts no version as the newest that is no work, for nobody would work on any then", async () => {
    const version = (versionId: string, sizeBytes: number) =>
      aVersion("images/a.jpg", { versionId, sizeBytes });

    const { triggers } = await take({
      pages: [[version("v2", 0), version("v1", 7)]],
      onOverwrite: "newest-only",
    });

    expect(triggers).toMatchObject([{ source: { versionId: "v1", listed: { newestVersionId: "v1" } } }]);
  });

  test("remembers the newest of a key with more versions than it looks at at once", async () => {
    const seen = { lastModified: "2026-11-22T12:00:00.000Z" };
    const many = Array.from({ length: 10_001 }, (_, index) =>
      aVersion("images/a.jpg", { versionId: `v${index}`, ...seen }),
    );
    const last = aVersion("images/a.jpg", { versionId: "first" });

    const { triggers } = await take({
      pages: [many, [last]],
      onOverwrite: "newest-only",
      lookedUntil: "2026-11-22T19:00:00.000Z",
    });

    expect(triggers).toMatchObject([{ source: { versionId: "first", listed: { newestVersionId: "v0" } } }]);
  });

  test("counts every version of every page for one thing only", async () => {
    const known = aVersion("images/known.jpg");
    const { counts, sent } = await take({
      since: "2026-11-10T00:00:00.000Z",
      known: [uploadJobId({ pipeline: "images", ...known })],
      pages: [
        [
          known,
          aVersion("images/lost.jpg"),
          aVersion("images/lost.jpg", { versionId: "older", isLatest: false }),
        ],
        [
          aVersion("images/before-the-deploy.jpg", { lastModified: "2026-11-09T23:59:59.000Z" }),
          aVersion("images/long-ago.jpg", { lastModified: "2026-11-12T00:00:00.000Z" }),
          aVersion("images/just-now.jpg", { lastModified: "2026-11-22T19:59:00.000Z" }),
          aVersion("images/notes.txt"),
          aVersion("images/folder/", { sizeBytes: 0 }),
        ],
      ],
    });

    expect(counts).toEqual({
      images: { listed: 6, bytes: 42, known: 1, sent: 2, checked: 0, tooOld: 1, outOfWindow: 1, settling: 1 },
    });
    expect(sent).toHaveLength(2);
  });

  test("takes what came before the first deploy where the pipeline says backfill", async () => {
    const version = aVersion("images/a.jpg");
    const since = "2026-11-22T19:30:00.000Z";

    const without = await take({ pages: [[version]], since });
    const backfilled = await take({ pages: [[version]], since, backfill: true });

    expect(without.counts["images"]).toMatchObject({ tooOld: 1, sent: 0 });
    expect(backfilled.counts["images"]).toMatchObject({ tooOld: 0, sent: 1 });
  });

  test("does not take the listing's whole seconds for an upload before the deploy", async () => {
    const version = aVersion("images/a.jpg", { lastModified: "2026-11-22T19:00:00.000Z" });

    const { counts } = await take({ pages: [[version]], since: "2026-11-22T19:00:00.400Z" });

    expect(counts["images"]).toMatchObject({ sent: 1 });
  });

  const pages = [
    [
      aVersion("images/new.jpg", { lastModified: "2026-11-22T19:30:00.000Z" }),
      aVersion("images/looked-at.jpg", { lastModified: "2026-11-22T15:59:00.000Z" }),
      aVersion("images/days-ago.jpg", { lastModified: "2026-11-20T00:00:00.000Z" }),
    ],
  ];

  test("looks again only at what came since a little before the last look, and remembers how far it came", async () => {
    const { counts, looked } = await take({ pages, lookedUntil: "2026-11-22T19:00:00.000Z" });

    expect(counts["images"]).toMatchObject({ listed: 3, sent: 1, checked: 2 });
    expect(looked).toEqual([NOW.toISOString()]);
  });

  test.each([
    ["for the first time", {}],
    ["for the first time on a day", { lookedUntil: "2026-11-21T23:10:00.000Z" }],
    ["when it is asked to", { lookedUntil: "2026-11-22T19:00:00.000Z", full: true }],
  ])("looks at everything within its days %s", async (_when, scene) => {
    const { counts } = await take({ pages, ...scene });

    expect(counts["images"]).toMatchObject({ sent: 3, checked: 0 });
  });

  test("goes through a hundred thousand versions page by page, and asks the table about the new ones only", async () => {
    let waiting = 0;
    let mostWaiting = 0;
    let asked = 0;
    const before = "2026-11-20T00:00:00.000Z";
    const ports: InventoryPorts = {
      listing: {
        cuts: async () => ["images/3", "images/6"],
        async *listVersions({ after = "", upTo = "~" }) {
          for (let page = 0; page < 100; page += 1) {
            const prefix = `images/${String(page).padStart(2, "0").split("").reverse().join("")}`;
            if (prefix <= after || prefix > upTo) continue;
            waiting += 1;
            mostWaiting = Math.max(mostWaiting, waiting);
            yield Array.from({ length: 1000 }, (_, index) =>
              aVersion(`${prefix}/${index}.jpg`, {
                lastModified: index === 0 ? "2026-11-22T19:30:00.000Z" : before,
              }),
            );
            waiting -= 1;
          }
        },
      },
      jobs: {
        readJobs: async (ids) => {
          asked += ids.length;
          return [];
        },
      },
      pipelineStore: {
        readPipeline: async (pipeline) => ({
          pipeline,
          since: before,
          paused: false,
          lookedUntil: "2026-11-22T19:00:00.000Z",
        }),
        noteLooked: async () => undefined,
        forgetEarlier: async () => undefined,
      },
      intake: { send: async () => undefined },
      clock: { now: () => NOW },
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      pipelines: pipelinesWith(false, "process-all"),
    };
    const { signal } = new AbortController();

    const counts = await takeInventory(
      { bucket: BUCKET, asOf: NOW, days: 7, settleSeconds: 120, signal },
      ports,
    );

    expect(counts["images"]).toMatchObject({ listed: 100_000, sent: 100, checked: 99_900 });
    expect(asked).toBe(100);
    // One page of each of the three parts.
    expect(mostWaiting).toBe(3);
  });

  test("leaves nothing out after hours in which it did not run", async () => {
    const { counts } = await take({ pages, lookedUntil: "2026-11-22T16:30:00.000Z" });

    expect(counts["images"]).toMatchObject({ sent: 2, checked: 1 });
  });

  describe("after a deploy that changed where a pipeline's uploads lie", () => {
    const until = "2026-11-22T19:30:00.000Z";
    const earlier = { prefix: "pix/", since: "2026-11-22T12:00:00.000Z", until };
    const at = (key: string, lastModified: string) => aVersion(key, { lastModified });

    test("finds what was uploaded to the place before, names its pipeline, and leaves the rest", async () => {
      const lost = at("pix/lost.jpg", "2026-11-22T19:00:00.000Z");
      const pages = [
        [
          lost,
          at("pix/before-its-time.jpg", "2026-11-22T11:00:00.000Z"),
          at("pix/after-the-deploy.jpg", "2026-11-22T19:40:00.000Z"),
        ],
      ];

      const { counts, triggers, forgotten } = await take({ pages, since: until, prefix: "images/", earlier });

      expect(triggers).toMatchObject([
        { type: "job", jobId: uploadJobId({ pipeline: "images", ...lost }), pipeline: { name: "images" } },
      ]);
      expect(counts["images"]).toMatchObject({ sent: 1, listed: 0 });
      expect(forgotten).toEqual([]);
    });

    test("looks there no more when hours have passed in which a message may have been lost again", async () => {
      const long = { ...earlier, until: "2026-11-22T16:00:00.000Z" };

      const { forgotten } = await take({ pages: [[]], since: long.until, prefix: "images/", earlier: long });

      expect(forgotten).toEqual(["pix/"]);
    });

    test("looks only at what no tick before the deploy has looked at", async () => {
      const pages = [[at("pix/seen.jpg", "2026-11-22T13:00:00.000Z")]];
      const looked = { ...earlier, lookedUntil: "2026-11-22T19:00:00.000Z" };

      const { triggers } = await take({ pages, since: until, prefix: "images/", earlier: looked });

      expect(triggers).toEqual([]);
    });
  });

  test("leaves alone a pipeline that no deploy has introduced", async () => {
    const { counts, sent } = await take({ pages: [[aVersion("images/a.jpg")]], since: "never" });

    expect([counts, sent]).toEqual([{}, []]);
  });

  test("leaves alone a pipeline whose new prefix no deploy has written down: old files under it are no work", async () => {
    const pages = [[aVersion("images/a.jpg")]];

    expect(await take({ pages, prefix: "photos/" })).toMatchObject({ counts: {}, sent: [], looked: [] });
    expect((await take({ pages, prefix: "images/" })).sent).toHaveLength(1);
  });
});
