import type { History } from "../history.ts";

interface Turn {
  readonly runId: string;
  readonly taskArn: string;
  readonly attempt: number;
}

/** Rule 2: at most one attempt of a job at a time, its effect once, its results under the attempt. */
export class WorkRules {
  /** How often work was done to the end that had been done before; an outcome that could not be written is a reason for it. */
  doubled = 0;
  readonly #history: History;
  readonly #now = new Map<string, Turn>();
  readonly #byTask = new Map<string, Set<string>>();
  /** Attempts whose work was done to the end: job/attempt. */
  readonly #done = new Set<string>();
  readonly #doneJobs = new Set<string>();
  readonly #resultWriters = new Map<string, string>();

  constructor(options: { history: History }) {
    this.#history = options.history;
  }

  /** Jobs whose work was done to the end, by whatever attempt. */
  get doneJobs(): number {
    return this.#doneJobs.size;
  }

  begins(jobId: string, turn: { runId: string; taskArn: string; attempt: number }): void {
    const { runId, taskArn } = turn;
    this.#history.note(() => ({
      actor: taskArn.slice(-4),
      what: `works on attempt ${turn.attempt}`,
      jobId,
      runId,
    }));
    const other = this.#now.get(jobId);
    if (other !== undefined) {
      const what = `run ${runId} works on it while run ${other.runId} does`;
      this.#history.violate({ rule: "one-attempt-at-a-time", what, jobId, runId });
    }
    this.#now.set(jobId, turn);
    const ofTask = this.#byTask.get(taskArn) ?? new Set();
    this.#byTask.set(taskArn, ofTask.add(jobId));
  }

  /** By a person: from now on another run may have it at any moment. */
  retried(jobId: string): void {
    const turn = this.#now.get(jobId);
    if (turn === undefined) return;
    const what = `retried while run ${turn.runId} works on it`;
    this.#history.violate({ rule: "one-attempt-at-a-time", what, jobId, runId: turn.runId });
  }

  ends(jobId: string, taskArn: string, how: "done" | "not done"): void {
    const turn = this.#now.get(jobId);
    if (turn?.taskArn !== taskArn) return;
    if (how === "done") this.#noteDone(jobId, turn.attempt);
    this.#now.delete(jobId);
    this.#byTask.get(taskArn)?.delete(jobId);
  }

  /** A plain image takes nothing and tells nobody: what it did is known to the simulation only. */
  plainDone(jobId: string, attempt: number): void {
    this.#noteDone(jobId, attempt);
  }

  #noteDone(jobId: string, attempt: number): void {
    this.#done.add(`${jobId}/${attempt}`);
    if (this.#doneJobs.has(jobId)) this.doubled += 1;
    this.#doneJobs.add(jobId);
  }

  /** Its containers are gone, and with them the work. */
  taskEnded(taskArn: string): void {
    for (const jobId of this.#byTask.get(taskArn) ?? []) this.#now.delete(jobId);
    this.#byTask.delete(taskArn);
  }

  succeeded(jobId: string, attempt: number): void {
    if (!this.#done.has(`${jobId}/${attempt}`)) {
      const what = `attempt ${attempt} counts as success and was not done`;
      this.#history.violate({ rule: "effect-happens-once", what, jobId });
    }
  }

  resultWritten(jobId: string, key: string, by: { taskArn: string; attempt: number }): void {
    const writer = this.#resultWriters.get(key);
    const what = `${by.taskArn.slice(-4)} (attempt ${by.attempt}) wrote ${key} over ${writer ?? "nobody"}`;
    if (writer !== undefined && writer !== `${by.taskArn}/${by.attempt}`) {
      this.#history.violate({ rule: "results-under-attempt", what, jobId });
    }
    this.#resultWriters.set(key, `${by.taskArn}/${by.attempt}`);
  }
}
