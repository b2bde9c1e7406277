import { describe, expect, test } from "@jest/globals";
import { uploadJobId } from "#core/jobs/job-id.ts";
import { definePipelines } from "#core/pipelines/define-pipelines.ts";
import { aVersion, take } from "./support/inventory-scene.ts";

describe("the inventory after a deploy that changed where a pipeline's uploads lie", () => {
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

  test("goes by the endings that were work then, and leaves alone what another pipeline has taken since", async () => {
    const then = { ...earlier, prefix: "scans/", suffixes: [".pdf"] };
    const taken = at("scans/taken.pdf", "2026-11-22T19:00:00.000Z");
    const lost = at("scans/lost.pdf", "2026-11-22T19:00:00.000Z");
    const pages = [[taken, lost, at("scans/note.txt", "2026-11-22T19:00:00.000Z")]];
    const known = [uploadJobId({ pipeline: "scans", ...taken })];

    const others = definePipelines({
      scans: { source: { type: "upload", prefix: "scans/" }, task: "media" },
    });

    const { sent } = await take({ pages, known, since: until, prefix: "images/", earlier: then, others });

    expect(sent).toMatchObject([{ detail: { object: { key: "scans/lost.pdf", pipeline: "images" } } }]);
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
