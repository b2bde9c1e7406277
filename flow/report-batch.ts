import type { Log } from "#core/ports/log.ts";
import type { TaskReports } from "#core/ports/messaging.ts";

const MAX_BATCH = 10;
/** Each report is a write of the whole run, so one that comes with every job would cost more than the jobs. */
const SECONDS_BETWEEN = 10;

interface ReportPorts {
  readonly reports: TaskReports;
  readonly log: Log;
  readonly inSeconds: (seconds: number, callback: () => void) => () => void;
}

/**
 * Gathers the ids of settled jobs and tells track of them ten at a time, or ten seconds after the first where fewer come. A report that
 * cannot be sent is dropped with a word in the log: track walks the whole manifest when the task has stopped.
 */
export class ReportBatch implements AsyncDisposable {
  readonly #runId: string;
  readonly #ports: ReportPorts;
  #waiting: string[] = [];
  #stopTimer: () => void = () => undefined;
  #sending: Promise<void> = Promise.resolve();

  constructor(runId: string, ports: ReportPorts) {
    this.#runId = runId;
    this.#ports = ports;
  }

  add(jobId: string): void {
    this.#waiting.push(jobId);
    if (this.#waiting.length >= MAX_BATCH) this.#flush();
    else if (this.#waiting.length === 1)
      this.#stopTimer = this.#ports.inSeconds(SECONDS_BETWEEN, () => this.#flush());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#flush();
    await this.#sending;
  }

  #flush(): void {
    this.#stopTimer();
    const jobIds = this.#waiting;
    if (jobIds.length === 0) return;
    this.#waiting = [];
    this.#sending = this.#sending.then(() => this.#send(jobIds));
  }

  async #send(jobIds: string[]): Promise<void> {
    try {
      await this.#ports.reports.send({ runId: this.#runId, jobIds });
    } catch (error) {
      this.#ports.log.warn("A report was not sent; it is late, not lost", { jobIds, error: String(error) });
    }
  }
}
