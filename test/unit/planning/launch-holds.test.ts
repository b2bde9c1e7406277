import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { classifyLaunchFailure } from "#core/classification/classify-stop.ts";
import {
  EVERY_PIPELINE,
  heldTo,
  holdScopeOf,
  isHeld,
  learnHold,
  type LaunchHolds,
  moreFrom,
} from "#core/planning/launch-holds.ts";
import { planRuns } from "#core/planning/plan-runs.ts";
import { aFlight, aPipeline, dueJobs, NOW, secondsAgo } from "./support/builders.ts";

const later = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);
const aRun = ({ holdsRevision = 0, createdAt = secondsAgo(20) } = {}) => ({
  runId: "run-x",
  pipeline: "images",
  createdAt,
  holdsRevision,
});
const flights = [
  ...Array.from({ length: 3 }, () => aFlight({ createdAt: secondsAgo(60) })),
  aFlight({ pipeline: "videos", createdAt: secondsAgo(50) }),
  aFlight({ createdAt: secondsAgo(5) }),
];

/** From a run that was planned by what stands. */
function learnt(scope = EVERY_PIPELINE, at = NOW, standing?: LaunchHolds): LaunchHolds {
  const run = aRun({ holdsRevision: standing?.revision ?? 0 });
  const holds = learnHold(standing, { scope, run, flights }, at);
  if (holds === undefined) throw new Error("Nothing was learned.");
  return holds;
}

describe("A launch that found no room", () => {
  it.each([
    ["RESOURCE:ENI", false, "images"],
    ["You've reached the limit on the number of vCPUs you can run concurrently", false, "images"],
    ["Capacity is unavailable at this time. Please try again later", true, "images/spot"],
    [
      "InsufficientFreeAddressesInSubnet: The specified subnet does not have enough free addresses",
      true,
      "*",
    ],
    ["subnet-1 has no free IP addresses", false, "*"],
    ["Rate exceeded", false, undefined],
    ["i/o timeout", false, undefined],
  ])("for %s (Spot: %s) holds back %s", (text, spot, scope) => {
    expect(holdScopeOf({ pipeline: "images", spot }, classifyLaunchFailure({ text }))).toBe(scope);
  });

  it("keeps the tasks at once to those that had room before it", () => {
    expect(heldTo(learnt(), EVERY_PIPELINE, NOW)).toBe(4);
    expect(heldTo(learnt("images"), "images", NOW)).toBe(3);
    expect(heldTo(learnt("images"), "videos", NOW)).toBe(Number.POSITIVE_INFINITY);
  });

  it("tries one more after a while, then twice as many each time, until the caps count again", () => {
    const holds = learnt();
    const allowed = [14, 15, 44, 45, 75, 284, 315].map((s) => heldTo(holds, EVERY_PIPELINE, later(s)));

    expect(allowed).toEqual([4, 5, 5, 6, 8, 4 + 256, Number.POSITIVE_INFINITY]);
  });

  it("says when more may be tried", () => {
    const holds = learnt();

    expect(moreFrom(holds, EVERY_PIPELINE, NOW)).toEqual(later(15));
    expect(moreFrom(holds, EVERY_PIPELINE, later(20))).toEqual(later(45));
    expect(moreFrom(holds, EVERY_PIPELINE, later(400))).toBeUndefined();
    expect(isHeld(holds, EVERY_PIPELINE, later(14))).toBe(true);
    expect(isHeld(holds, EVERY_PIPELINE, later(15))).toBe(false);
  });

  it("is one lesson with all that were planned as little knowing, also where tasks before them have ended since", () => {
    const oneOfThem = { scope: EVERY_PIPELINE, run: aRun(), flights: [] };

    expect(learnHold(learnt(), oneOfThem, later(5))).toBeUndefined();
  });

  it("is a new lesson where it was planned by the last one, whatever a clock says of when", () => {
    const run = aRun({ holdsRevision: learnt().revision, createdAt: secondsAgo(600) });

    const holds = learnHold(learnt(), { scope: EVERY_PIPELINE, run, flights }, later(5));

    expect(heldTo(holds, EVERY_PIPELINE, later(5))).toBe(0);
  });

  it("holds back twice as long where the next try fails too, and no longer than eight minutes", () => {
    let holds = learnt();
    const waits: number[] = [];
    let at = NOW;
    for (let time = 0; time < 8; time += 1) {
      at = new Date(at.getTime() + 2000);
      holds = learnt(EVERY_PIPELINE, at, holds);
      const hold = holds.holds[EVERY_PIPELINE];
      waits.push((Date.parse(hold?.until ?? "") - at.getTime()) / 1000);
    }

    expect(waits).toEqual([30, 60, 120, 240, 480, 480, 480, 480]);
  });

  it("begins anew once the caps have counted again, and what is over is not kept", () => {
    const holds = learnt("images", later(1000), learnt());

    expect(Object.keys(holds.holds)).toEqual(["images"]);
    expect(holds.holds["images"]?.level).toBe(0);
  });
});

describe("A plan under a hold", () => {
  const work = (name: string) => ({ pipeline: aPipeline({ pack: { maxJobs: 1 } }, name), due: dueJobs(9) });
  const plan = (holds: LaunchHolds, now = NOW) =>
    planRuns({
      now,
      work: [work("images"), work("videos")],
      flights,
      limits: { maxVcpu: 100 },
      launches: 15,
      holds,
    });
  const namesOf = ({ runs }: ReturnType<typeof planRuns>) => runs.map(({ pipeline }) => pipeline.name);

  it("launches nothing where the subnets are full, and looks again when more may be tried", () => {
    expect(plan(learnt())).toEqual({ runs: [], isCutShort: false, lookAgainAt: later(15).toISOString() });
  });

  it("lets other pipelines go on where only one has no room", () => {
    expect(new Set(namesOf(plan(learnt("images"))))).toEqual(new Set(["videos"]));
  });

  it("takes the place of each task that ends", () => {
    const { runs } = planRuns({
      now: NOW,
      work: [work("images")],
      flights: flights.slice(0, 2),
      limits: { maxVcpu: 100 },
      launches: 15,
      holds: learnt(),
    });

    expect(runs).toHaveLength(2);
  });

  it("goes on demand where Spot has no room, and back to Spot later", () => {
    const holds = learnt("images/spot");
    const spots = (now: Date) =>
      new Set(
        plan(holds, now)
          .runs.filter(({ pipeline }) => pipeline.name === "images")
          .map(({ spot }) => spot),
      );

    expect(spots(NOW)).toEqual(new Set([false]));
    expect(spots(later(15))).toEqual(new Set([true]));
  });

  it("never has more tasks than the hold says, and always comes back to the caps", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 400 }), (inAir, seconds) => {
        const now = later(seconds);
        const { runs } = planRuns({
          now,
          work: [
            { pipeline: aPipeline({ pack: { maxJobs: 1 }, capacity: { maxTasks: 40 } }), due: dueJobs(60) },
          ],
          flights: Array.from({ length: inAir }, () => aFlight()),
          limits: { maxVcpu: 1000 },
          launches: 100,
          holds: learnt(),
        });
        const most = Math.min(40, heldTo(learnt(), EVERY_PIPELINE, now));
        expect(runs.length).toBe(Math.max(0, most - inAir));
      }),
    );
  });
});
