import type { Job } from "#core/jobs/job.ts";
import { failureOf, groupIdOf } from "#core/notices/failure.ts";
import type { Run } from "#core/runs/run.ts";
import type { VirtualTime } from "../engine/virtual-time.ts";
import type { History } from "../history.ts";
import { jobFailed, runStopped } from "../world/events.ts";

const MINUTE_MS = 60_000;
/** SNS suspends a subscription above that. */
const MAILS_A_SECOND = 10;
/** One first mail or digest a window of an hour, and what tells of its end; more of one group is a flood. */
const MAILS_OF_A_GROUP_AN_HOUR = 3;

interface Group {
  /** When a failure of it was known, and whether nothing went wrong since. */
  readonly failures: { readonly failureId: string; readonly atMs: number; readonly inPeace: boolean }[];
  readonly mailsMs: number[];
}

/** Rule 5: who needs to know hears of each kind of failure within a minute, and is never sent a flood. */
export class NoticeRules {
  mails = 0;
  deadLetters = 0;
  #sentMs: number[] = [];
  readonly #history: History;
  readonly #time: VirtualTime;
  readonly #groups = new Map<string, Group>();
  readonly #published = new Set<string>();

  constructor(options: { history: History; time: VirtualTime }) {
    this.#history = options.history;
    this.#time = options.time;
  }

  failed(job: Job, inPeace: boolean): void {
    this.#toBeTold(jobFailed(job, this.#time.now()), inPeace);
  }

  /** Its jobs may succeed the next time: only an end that no rule explains is told. */
  runEnded(run: Run, inPeace: boolean): void {
    const event = runStopped(run, this.#time.now());
    if (event.detail.class === "unknown") this.#toBeTold(event, inPeace);
  }

  /** Nobody stops a task by hand here, so that there is nothing that nobody needs to hear of. */
  #toBeTold(event: Parameters<typeof failureOf>[0], inPeace: boolean): void {
    const failure = failureOf(event, {});
    if (failure === undefined) {
      this.#history.violate({ rule: "failures-are-mailed", what: "a failure that nobody is told of" });
      return;
    }
    const group = this.#groupOf(groupIdOf(failure));
    group.failures.push({ failureId: failure.failureId, atMs: this.#time.nowMs, inPeace });
  }

  /** A fault excuses who could not mail; without one, administrators would never hear. */
  failedUnstruck(error: string): void {
    this.#history.violate({
      rule: "failures-are-mailed",
      what: `notify failed and no fault struck it: ${error}`,
    });
  }

  /**
   * Its next end is told anew. Who has a failed job tried again has seen that it failed: a handler that had died before it told of it
   * finds the job under way.
   */
  retriedByPerson(job: Job): void {
    if (this.#published.delete(job.jobId) || job.state !== "FAILED") return;
    const failure = failureOf(jobFailed(job, this.#time.now()), {});
    if (failure === undefined) return;
    const { failures } = this.#groupOf(groupIdOf(failure));
    const last = failures.findLastIndex(({ failureId }) => failureId === job.jobId);
    if (last >= 0) failures.splice(last, 1);
  }

  published(jobId: string): void {
    this.#published.add(jobId);
  }

  /** SNS took a mail, whether or not its sender hears of it. */
  sent(): void {
    const { nowMs } = this.#time;
    this.#sentMs = [...this.#sentMs.filter((atMs) => atMs > nowMs - 1000), nowMs];
    if (this.#sentMs.length > MAILS_A_SECOND)
      this.#history.violate({ rule: "no-flood", what: `${this.#sentMs.length} mails in a second` });
  }

  /** By notify, or by sweep. */
  mailed(groupId: string, subject: string): void {
    this.mails += 1;
    const group = this.#groupOf(groupId);
    group.mailsMs.push(this.#time.nowMs);
    for (const { failureId } of group.failures.slice(0, 1))
      this.#history.note(() => ({ actor: "SNS", what: `mail "${subject}"`, jobId: failureId }));
  }

  /** A repetition whose first mail nobody could know of is allowed for. */
  atTheEnd(ended: Iterable<Job>, repetitionsAllowed: number): void {
    for (const { jobId, state } of ended) {
      const isTold = this.#published.has(jobId) || state === "CANCELLED" || state === "SUPERSEDED";
      if (!isTold)
        this.#history.violate({ rule: "every-end-is-told", what: `${state}, never published`, jobId });
    }
    for (const group of this.#groups.values()) this.#checkGroup(group, repetitionsAllowed);
  }

  #checkGroup({ failures, mailsMs }: Group, repetitionsAllowed: number): void {
    const first = failures[0];
    if (first === undefined) return;
    const { failureId: jobId } = first;
    if (mailsMs.length === 0) {
      // Who could not mail left a dead letter, which has an alarm of its own; where nothing goes wrong, nothing excuses it.
      if (this.deadLetters === 0 || first.inPeace)
        this.#history.violate({ rule: "failures-are-mailed", what: "no mail of its group", jobId });
      return;
    }
    const firstMail = Math.min(...mailsMs);
    if (first.inPeace && firstMail - first.atMs > MINUTE_MS) {
      const what = `mailed ${Math.round((firstMail - first.atMs) / 1000)} s after it was known`;
      this.#history.violate({ rule: "failures-are-mailed", what, jobId });
    }
    for (const fromMs of mailsMs) {
      const withinAnHour = mailsMs.filter((atMs) => atMs >= fromMs && atMs < fromMs + 60 * MINUTE_MS).length;
      if (withinAnHour > MAILS_OF_A_GROUP_AN_HOUR + repetitionsAllowed) {
        this.#history.violate({
          rule: "no-flood",
          what: `${withinAnHour} mails of one group in an hour`,
          jobId,
        });
        return;
      }
    }
  }

  #groupOf(groupId: string): Group {
    const group = this.#groups.get(groupId) ?? { failures: [], mailsMs: [] };
    this.#groups.set(groupId, group);
    return group;
  }
}
