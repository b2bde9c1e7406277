import { noticeGroupOf } from "#core/notices/notice-group.ts";
import type { Job } from "#core/jobs/job.ts";
import type { VirtualTime } from "../engine/virtual-time.ts";
import type { History } from "../history.ts";

const MINUTE_MS = 60_000;
/** One first mail a window of an hour, and what tells of its end; more of one group is a flood. */
const MAILS_OF_A_GROUP_AN_HOUR = 3;

interface Group {
  /** When a failure of it was known, and whether nothing went wrong since. */
  readonly failures: { readonly jobId: string; readonly atMs: number; readonly inPeace: boolean }[];
  readonly mailsMs: number[];
}

/** Rule 5: who needs to know hears of each kind of failure within a minute, and is never sent a flood. */
export class NoticeRules {
  mails = 0;
  deadLetters = 0;
  readonly #history: History;
  readonly #time: VirtualTime;
  readonly #groups = new Map<string, Group>();
  readonly #published = new Set<string>();

  constructor(options: { history: History; time: VirtualTime }) {
    this.#history = options.history;
    this.#time = options.time;
  }

  failed(job: Job, inPeace: boolean): void {
    if (job.failure === undefined) return;
    const group = this.#groupOf(job.pipeline, job.failure);
    group.failures.push({ jobId: job.jobId, atMs: this.#time.nowMs, inPeace });
  }

  published(jobId: string): void {
    this.#published.add(jobId);
  }

  mailed(jobId: string, pipeline: string, failure: NonNullable<Job["failure"]>): void {
    this.mails += 1;
    this.#history.note({ actor: "notify", what: "mail sent", jobId });
    this.#groupOf(pipeline, failure).mailsMs.push(this.#time.nowMs);
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
    const { jobId } = first;
    if (mailsMs.length === 0) {
      if (this.deadLetters === 0)
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

  #groupOf(pipeline: string, failure: NonNullable<Job["failure"]>): Group {
    const groupId = noticeGroupOf({ pipeline, failure });
    const group = this.#groups.get(groupId) ?? { failures: [], mailsMs: [] };
    this.#groups.set(groupId, group);
    return group;
  }
}
