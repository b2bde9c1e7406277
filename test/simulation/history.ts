import type { VirtualTime } from "./engine/virtual-time.ts";

/** One thing that happened. */
export interface Entry {
  /** Who did it, e.g. "dispatch-12". */
  readonly actor: string;
  readonly what: string;
  readonly jobId?: string;
  readonly runId?: string;
  /** More of it, made into words only when somebody reads the story. */
  readonly detail?: () => string;
}

export interface Violation {
  readonly rule: string;
  readonly what: string;
  readonly jobId?: string | undefined;
  readonly runId?: string | undefined;
}

/** Everything that happened, in order, and what of it broke a rule. */
export class History {
  readonly violations: Violation[] = [];
  readonly #entries: { readonly atMs: number; readonly entry: Entry }[] = [];
  readonly #time: VirtualTime;
  readonly #startMs: number;

  readonly #isForgetful: boolean;

  constructor(time: VirtualTime, isForgetful = false) {
    this.#time = time;
    this.#isForgetful = isForgetful;
    this.#startMs = time.nowMs;
  }

  /** @param tell is asked at once, or never where nobody will read the story */
  note(tell: () => Entry): void {
    if (this.#isForgetful) return;
    this.#entries.push({ atMs: this.#time.nowMs, entry: tell() });
  }

  violate(violation: Violation): void {
    // The first of a rule tells enough; a broken world breaks it a thousand times.
    if (this.violations.filter(({ rule }) => rule === violation.rule).length < 3)
      this.violations.push(violation);
    this.note(() => ({
      actor: "!",
      what: `VIOLATES ${violation.rule}: ${violation.what}`,
      ...withoutUndefined(violation),
    }));
  }

  /** What happened to one job and to the runs that had it, in order. */
  storyOf({ jobId, runId }: Pick<Violation, "jobId" | "runId">): string[] {
    const runs = new Set(runId === undefined ? [] : [runId]);
    for (const { entry } of this.#entries) {
      if (jobId !== undefined && entry.jobId === jobId && entry.runId !== undefined) runs.add(entry.runId);
    }
    return this.#entries
      .filter(
        ({ entry }) =>
          (jobId !== undefined && entry.jobId === jobId) ||
          (entry.jobId === undefined && entry.runId !== undefined && runs.has(entry.runId)),
      )
      .map(({ atMs, entry }) => this.#lineOf(atMs, entry));
  }

  #lineOf(atMs: number, { actor, what, runId, detail }: Entry): string {
    const seconds = ((atMs - this.#startMs) / 1000).toFixed(3).padStart(10);
    return [`${seconds}s  ${actor}: ${what}`, runId === undefined ? "" : `[run ${runId}]`, detail?.() ?? ""]
      .filter((part) => part !== "")
      .join(" ");
  }
}

function withoutUndefined({ jobId, runId }: Violation): { jobId?: string; runId?: string } {
  return { ...(jobId === undefined ? {} : { jobId }), ...(runId === undefined ? {} : { runId }) };
}
