import { describe, expect, test } from "@jest/globals";
import { uploadJobId } from "#core/jobs/job-id.ts";
import { takeInventory } from "#flow/take-inventory.ts";
import type { InventoryPorts } from "#flow/take-inventory.ts";
import { aVersion, BUCKET, NOW, pipelinesWith, take } from "./support/inventory-scene.ts";

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
        moveUploads: async () => true,
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
