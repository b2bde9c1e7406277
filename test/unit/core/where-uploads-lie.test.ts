import { describe, expect, it } from "@jest/globals";
import { underPrefix } from "#core/pipelines/where-uploads-lie.ts";

const first = "2026-11-20T08:00:00.000Z";
const looked = "2026-11-22T19:00:00.000Z";
const since = "2026-11-22T20:00:00.000Z";
const until = "2026-11-22T20:10:00.000Z";
const deploy = { since, until };
const standing = { prefix: "a/", since: first, lookedUntil: looked };

describe("where a pipeline's uploads lie", () => {
  it("is learnt by a state that did not say so, which keeps its time", () => {
    expect(underPrefix({ since: first, lookedUntil: looked }, { prefix: "a/", ...deploy })).toEqual(standing);
  });

  it("changes nothing where it is as before", () => {
    expect(underPrefix(standing, { prefix: "a/", ...deploy })).toBeUndefined();
  });

  it("begins anew at another place, and what may be missing at the one before is remembered", () => {
    expect(underPrefix(standing, { prefix: "b/", ...deploy })).toEqual({
      prefix: "b/",
      since,
      earlier: { prefix: "a/", since: first, until, lookedUntil: looked },
    });
  });

  it("counts from the deploy's beginning though sweep was quicker than its end", () => {
    const bySweep = underPrefix(standing, { prefix: "b/", since: until, until }) ?? standing;

    expect(underPrefix(bySweep, { prefix: "b/", ...deploy })).toMatchObject({ since, earlier: { until } });
  });

  it("is as before after a deploy that was rolled back", () => {
    const moved = underPrefix(standing, { prefix: "b/", ...deploy }) ?? standing;

    const back = underPrefix(moved, { prefix: "a/", since: until, until: "2026-11-22T20:15:00.000Z" });

    expect(back).toMatchObject(standing);
    expect(back?.earlier).toMatchObject({ prefix: "b/", since });
  });

  it("is nowhere for a pipeline without uploads: what becomes one later begins then", () => {
    expect(underPrefix({ prefix: "", since: first }, { prefix: "a/", ...deploy })).toEqual({
      prefix: "a/",
      since,
    });
  });

  it("is settled by the end of the deploy that brought it", () => {
    const pending = { prefix: "a/", since, pending: true } as const;

    expect(underPrefix(pending, { prefix: "a/", ...deploy })).toEqual({ prefix: "a/", since });
  });
});
