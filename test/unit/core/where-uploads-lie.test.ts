import { describe, expect, it } from "@jest/globals";
import { type UploadsState, whereUploadsLie, withoutPast } from "#core/pipelines/where-uploads-lie.ts";
import { must } from "../support/builders.ts";

const first = "2026-11-20T08:00:00.000Z";
const looked = "2026-11-22T19:00:00.000Z";
const since = "2026-11-22T20:00:00.000Z";
const until = "2026-11-22T20:10:00.000Z";
const deploy = { since, until };
const [a, b, c] = [{ prefix: "a/", suffixes: [".jpg"] }, { prefix: "b/" }, { prefix: "c/" }];
const standing: UploadsState = { uploads: a, since: first, lookedUntil: looked };
const leftA = { ...a, since: first, until, lookedUntil: looked };

describe("where a pipeline's uploads lie", () => {
  it("is learnt by a state that did not say so, which keeps its time", () => {
    expect(whereUploadsLie({ since: first, lookedUntil: looked }, a, deploy)).toEqual(standing);
  });

  it("changes nothing where it is as before", () => {
    expect(whereUploadsLie(standing, { suffixes: [".jpg"], prefix: "a/" }, deploy)).toBeUndefined();
  });

  it("keeps its time where only which of the files there are work has changed", () => {
    const png = { prefix: "a/", suffixes: [".png"] };

    expect(whereUploadsLie(standing, png, deploy)).toEqual({ ...standing, uploads: png });
  });

  it("begins anew at another place, and what may be missing at the one before is remembered", () => {
    expect(whereUploadsLie(standing, b, deploy)).toEqual({ uploads: b, since, earlier: [leftA] });
  });

  it("remembers each place where something may be missing, however many deploys follow", () => {
    const moved = must(whereUploadsLie(standing, b, deploy));
    const nowhere = must(whereUploadsLie(moved, { prefix: "" }, deploy));

    expect(whereUploadsLie(nowhere, c, deploy)?.earlier).toEqual([leftA, { ...b, since, until }]);
  });

  it.each([
    ["another place", standing],
    ["no place at all", { uploads: { prefix: "" }, since: first }],
  ])("counts from the deploy's beginning though sweep was quicker than its end: from %s", (_from, before) => {
    const bySweep = must(whereUploadsLie(before, b, { since: until, until }));

    expect(whereUploadsLie(bySweep, b, deploy)).toMatchObject({ since, uploads: b });
  });

  it("is as before after a deploy that was rolled back", () => {
    const moved = must(whereUploadsLie(standing, b, deploy));

    const back = whereUploadsLie(moved, a, { since: until, until: "2026-11-22T20:15:00.000Z" });

    expect(back).toMatchObject(standing);
    expect(back?.earlier).toMatchObject([{ ...b, since }]);
  });

  it("begins anew too for who comes back to a place after he had left it", () => {
    const moved = must(whereUploadsLie(standing, b, deploy));
    const later = "2026-11-22T22:00:00.000Z";

    expect(whereUploadsLie(moved, a, { since: later, until: later })).toMatchObject({ since: later });
  });

  it("is settled by the end of the deploy that brought it", () => {
    const pending = { uploads: a, since, pending: true } as const;

    expect(whereUploadsLie(pending, a, deploy)).toEqual({ uploads: a, since });
  });

  it("says nothing else of the pipeline", () => {
    const state = { ...standing, pipeline: "images", paused: true };

    expect(Object.keys(must(whereUploadsLie(state, b, deploy))).sort()).toEqual([
      "earlier",
      "since",
      "uploads",
    ]);
  });
});

describe("the places where something may be missing", () => {
  it("are forgotten one by one, and the rest stays as it is", () => {
    const leftB = { ...b, since, until: looked };
    const state = { ...standing, pending: true, earlier: [leftA, leftB] } as const;

    const left = withoutPast(state, ({ prefix }) => prefix === "a/");

    expect(left).toEqual({ ...standing, pending: true, earlier: [leftB] });
    expect(withoutPast(must(left), () => true)).toEqual({ ...standing, pending: true });
    expect(withoutPast(standing, () => true)).toBeUndefined();
  });
});
