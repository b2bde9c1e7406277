import type { DueJob } from "#core/ports/job-store.ts";

interface Entry {
  job: DueJob;
  /** Who came first goes first where both are due at the same time. */
  readonly order: number;
}

/** The due jobs of one pipeline, by the time from which they are due: one partition of the index. */
export class SortedDueJobs {
  /** From #first on; what was taken from the front only moves #first, for most are taken there. */
  #entries: Entry[] = [];
  #first = 0;
  #added = 0;
  readonly #byJobId = new Map<string, Entry>();

  /** A job whose time stays as it was keeps its place. */
  put(job: DueJob): void {
    const standing = this.#byJobId.get(job.jobId);
    if (standing?.job.notBefore === job.notBefore) {
      standing.job = job;
      return;
    }
    this.remove(job.jobId);
    this.#added += 1;
    const entry = { job, order: this.#added };
    this.#entries.splice(this.#indexOf(entry), 0, entry);
    this.#byJobId.set(job.jobId, entry);
  }

  remove(jobId: string): void {
    const entry = this.#byJobId.get(jobId);
    if (entry === undefined) return;
    this.#byJobId.delete(jobId);
    const index = this.#indexOf(entry);
    if (index === this.#first) this.#first += 1;
    else this.#entries.splice(index, 1);
    if (this.#first > 1000 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
  }

  /** Oldest first. */
  dueBy(time: string, limit: number): DueJob[] {
    const due: DueJob[] = [];
    for (let index = this.#first; index < this.#entries.length && due.length < limit; index += 1) {
      const { job } = this.#entries[index] as Entry;
      if (job.notBefore > time) break;
      due.push(job);
    }
    return due;
  }

  first(): DueJob | undefined {
    return this.#entries[this.#first]?.job;
  }

  /** Where the entry stands, or belongs. */
  #indexOf(entry: Entry): number {
    let low = this.#first;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(this.#entries[middle] as Entry, entry)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  const time = one.job.notBefore;
  return time < other.job.notBefore || (time === other.job.notBefore && one.order < other.order);
}
