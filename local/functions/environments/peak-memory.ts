import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";

const POLL_MS = 100;
const BYTES_PER_MB = 1024 * 1024;

/**
 * Watches how much memory a process uses, and tells when it is more than it may have. What counts is memory that
 * cannot be taken back (on Linux: anonymous and shared pages), as for the control group that Lambda runs a function in.
 */
export class PeakMemory {
  readonly #pid: number | undefined;
  readonly #limitBytes: number;
  readonly #timer: NodeJS.Timeout;
  readonly #onExceeded: () => void;
  #peakBytes = 0;
  exceeded = false;

  constructor(pid: number | undefined, limitMb: number, onExceeded: () => void) {
    this.#pid = pid;
    this.#limitBytes = limitMb * BYTES_PER_MB;
    this.#onExceeded = onExceeded;
    this.#timer = setInterval(() => this.poll(), POLL_MS);
    this.#timer.unref();
  }

  /** Whole megabytes, as the REPORT line gives them. */
  get peakMb(): number {
    return Math.max(1, Math.ceil(this.#peakBytes / BYTES_PER_MB));
  }

  poll(): void {
    if (this.#pid === undefined) return;
    if (process.platform === "linux") this.#note(residentOnLinux(this.#pid));
    else {
      execFile("ps", ["-o", "rss=", "-p", String(this.#pid)], (error, output) => {
        if (error === null) this.#note(Number(output.trim()) * 1024);
      });
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #note(bytes: number): void {
    this.#peakBytes = Math.max(this.#peakBytes, Math.min(bytes, this.#limitBytes));
    if (bytes <= this.#limitBytes || this.exceeded) return;
    this.exceeded = true;
    this.#onExceeded();
  }
}

/** 0 where the process has just ended. */
function residentOnLinux(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const kilobytes = ["RssAnon", "RssShmem"].map((name) =>
      Number(new RegExp(String.raw`^${name}:\s+(\d+) kB`, "m").exec(status)?.[1] ?? 0),
    );
    return kilobytes.reduce((sum, value) => sum + value, 0) * 1024;
  } catch {
    return 0;
  }
}
