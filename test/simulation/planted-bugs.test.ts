import { describe, expect, it } from "@jest/globals";
import { minimise } from "./minimise.ts";
import { plantedBugs } from "./planted-bugs.ts";
import { simulateSeed } from "./simulate.ts";

/** Whatever changes how often a use case calls its ports makes other worlds of the same seeds: some more are looked at. */
const WORLDS = 40;
const JOBS_A_SEED = 100;

/** Who only shows where many wait for long. */
const CROWD = 300;

/** Each planted bug, the seed that caught it first, a rule that it breaks there, and how many uploads that takes. */
const caught: readonly (readonly [bug: string, seed: number, rule: string, jobs?: number])[] = [
  ["no client token", 1, "same-bytes"],
  ["no conditional write of jobs", 2, "terminal-stays"],
  ["a duplicate writes its job anew", 1, "terminal-stays"],
  ["what a batch leaves over is not settled", 1, "every-job-ends"],
  ["detail.version ignored", 3, "duplicates-change-nothing"],
  ["failures[] ignored", 1, "launched-means-a-task"],
  ["a missing exit code is zero", 1, "effect-happens-once"],
  ["sweep is off", 2, "every-object-ends"],
  ["the inventory is off", 2, "every-object-ends"],
  ["wake-ups are lost for ever", 1, "every-object-ends"],
  ["no attempt in the result's key", 1, "results-under-attempt"],
  ["the flight is removed first", 1, "runs-end"],
  ["the flight is added after the launch", 1, "every-object-ends"],
  ["a duplicate event makes a new job", 1, "same-trigger-same-job"],
  ["a retry is never due", 1, "every-job-ends"],
  ["told before it is published", 1, "every-end-is-told"],
  ["two slices of dispatch at once", 1, "under-the-caps"],
  ["other bytes at the second try", 1, "same-bytes"],
  ["an unknown launch counts as failed for good", 1, "bad-input-costs-one-job"],
  ["every failure is mailed", 4, "no-flood"],
  ["every failure counts as told", 1, "failures-are-mailed"],
  ["sequencers are read backwards", 1, "only-older-is-let-go"],
  ["a failed function's messages are deleted", 2, "every-job-ends"],
  ["caps are not kept", 1, "people-are-heard"],
  ["it is not remembered where there was no room", 1, "room-is-learned", CROWD],
  ["the rate of launches is not kept", 1, "under-the-caps"],
  ["a pause is not read", 1, "people-are-heard"],
  ["a limit that was lowered is not read", 1, "people-are-heard"],
  ["whoever succeeds last is current", 1, "current-is-newest"],
  ["mail never goes out", 1, "failures-are-mailed"],
  ["a suspect is judged as if it were the only one", 1, "bad-input-costs-one-job"],
  ["a deploy in the middle fails the jobs of its run", 10, "bad-input-costs-one-job"],
  ["flights of one partition are not read", 1, "people-are-heard"],
  ["the account's cap of tasks is not read", 6, "under-the-caps"],
  ["a tick does not see the one before it", 1, "ticks-do-not-overlap"],
  ["nobody remembers the launches of a slow pipeline", 1, "own-rate-is-kept"],
  ["an upload wakes nobody", 1, "a-lone-file-is-prompt"],
  ["a back-off is not waited for", 1, "nothing-starts-too-soon"],
  ["bad input is tried again", 1, "bad-input-is-not-retried"],
  ["what cannot fit is launched", 1, "what-cannot-fit-is-not-launched"],
  ["a file that takes too long is at fault itself", 1, "failures-are-called-what-they-are"],
  ["out of memory is a crash like others", 1, "failures-are-called-what-they-are"],
  ["a guard counts nothing", 2, "guards-hold"],
  ["a guard pauses in silence", 2, "every-job-ends"],
  ["an unknown launch is planned anew at once", 1, "unknown-is-repeated"],
  ["a throttle is a failure", 1, "bad-input-costs-one-job"],
  ["the first launch is forgotten, and so the ten minutes", 1, "given-up-in-time"],
  ["all tasks have one client token", 1, "launched-means-a-task"],
  ["the ladder is not climbed", 2, "bad-input-costs-one-job"],
  ["a suspect is not isolated", 1, "killers-go-alone"],
  ["an interruption counts as a try", 1, "tries-are-counted-right"],
  ["who was interrupted twice stays on Spot", 3, "twice-interrupted-goes-on-demand"],
  ["what a task says of a file is not heard", 1, "bad-input-costs-one-job"],
  ["what was planned is launched in spite of a pause", 4, "people-are-heard", CROWD],
  ["a person's retry does not look whether a task is at it yet", 3, "one-attempt-at-a-time"],
  ["tasks that do not start are left alone", 2, "every-job-ends"],
  ["a task without a run goes on", 2, "nobody-works-for-nothing"],
  ["what DescribeTasks does not show yet is lost", 19, "under-the-caps"],
  ["nobody notes that a run is launched", 2, "runs-end"],
  ["flights stay", 1, "runs-end"],
  ["what nobody can read is thrown away", 1, "bad-input-costs-one-job"],
];

describe("A planted bug", () => {
  it.each(caught)(
    "%s: a world from seed %i on shows that it breaks %s",
    async (bug, first, rule, jobs = JOBS_A_SEED) => {
      const sabotage = plantedBugs[bug];
      if (sabotage === undefined) throw new Error(`There is no planted bug "${bug}".`);

      const broken = new Set<string>();
      for (let seed = first; seed < first + WORLDS && !broken.has(rule); seed += 1) {
        const { violations } = await simulateSeed({ seed, jobs, sabotage });
        for (const violation of violations) broken.add(violation.rule);
      }

      expect([...broken]).toContain(rule);
    },
  );

  it("is caught, each of them", () => {
    expect(caught.map(([bug]) => bug).sort()).toEqual(Object.keys(plantedBugs).sort());
  });

  it("is told by the story of a job, with fewer jobs and faults than it took to find it", async () => {
    const sabotage = plantedBugs["a missing exit code is zero"] ?? {};

    const smallest = await minimise({ seed: 1, jobs: JOBS_A_SEED, sabotage }, "effect-happens-once");

    expect(smallest.jobs).toBeLessThan(JOBS_A_SEED);
    expect(smallest.kinds.length).toBeLessThanOrEqual(5);
    expect(smallest.story.join("\n")).toMatch(/RUNNABLE.*RunTask: called.*VIOLATES effect-happens-once/s);
  });

  it("is shown again by a command that a shell takes, also where no fault is needed", async () => {
    const sabotage = plantedBugs["no attempt in the result's key"] ?? {};

    const { replay } = await minimise(
      { seed: 1, jobs: 5, kinds: new Set(), sabotage },
      "results-under-attempt",
    );

    expect(replay).toMatch(/^npm run simulate -- --seed 1 --jobs \d+ --faults ""$/);
  });
});
