import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** One event as it stands on disk, one JSON line each. */
export interface StoredEvent {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly message: string;
}

export interface StreamFacts {
  readonly name: string;
  readonly createdAt: number;
  firstTimestamp?: number;
  lastTimestamp?: number;
  lastIngestion?: number;
  storedBytes: number;
}

/** What AWS adds to each event's size. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const EVENT_OVERHEAD_BYTES = 26;

/**
 * A log stream: an append-only file whose first line names the stream, as the file's own name is a hash. Lines are in the system's
 * cache when `append` returns; a half line at the end is what a `kill -9` may leave, and is passed over.
 */
export class LogStream {
  readonly facts: StreamFacts;
  readonly #path: string;

  private constructor(path: string, facts: StreamFacts) {
    this.#path = path;
    this.facts = facts;
  }

  static create(path: string, name: string, createdAt: number): LogStream {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify({ name, createdAt })}\n`);
    return new LogStream(path, { name, createdAt, storedBytes: 0 });
  }

  static open(path: string): LogStream {
    const text = readFileSync(path, "utf8");
    const facts = JSON.parse(text.slice(0, text.indexOf("\n"))) as StreamFacts;
    const stream = new LogStream(path, { ...facts, storedBytes: 0 });
    if (!text.endsWith("\n")) appendFileSync(path, "\n");
    stream.#count(stream.events());
    return stream;
  }

  append(events: readonly StoredEvent[]): void {
    appendFileSync(this.#path, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
    this.#count(events);
  }

  /** All events in the order of their timestamps; of equal ones, in the order in which they came. */
  events(): StoredEvent[] {
    const [, ...lines] = readFileSync(this.#path, "utf8").split("\n");
    return lines.flatMap(storedEvent).sort((a, b) => a.timestamp - b.timestamp);
  }

  /** Forgets events older than this time. */
  forgetBefore(timestamp: number): void {
    if (this.facts.firstTimestamp === undefined || this.facts.firstTimestamp >= timestamp) return;
    const kept = this.events().filter((event) => event.timestamp >= timestamp);
    const { name, createdAt } = this.facts;
    writeFileSync(
      this.#path,
      [{ name, createdAt }, ...kept].map((line) => `${JSON.stringify(line)}\n`).join(""),
    );
    delete this.facts.firstTimestamp;
    delete this.facts.lastTimestamp;
    this.facts.storedBytes = 0;
    this.#count(kept);
  }

  delete(): void {
    if (existsSync(this.#path)) rmSync(this.#path);
  }

  #count(events: readonly StoredEvent[]): void {
    for (const { timestamp, ingestionTime, message } of events) {
      this.facts.firstTimestamp = Math.min(this.facts.firstTimestamp ?? timestamp, timestamp);
      this.facts.lastTimestamp = Math.max(this.facts.lastTimestamp ?? timestamp, timestamp);
      this.facts.lastIngestion = Math.max(this.facts.lastIngestion ?? ingestionTime, ingestionTime);
      this.facts.storedBytes += Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
    }
  }
}

/** Names hold slashes, dollar signs and brackets, and may be longer than a file name: a hash is safe everywhere. */
export function fileNameOf(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 40);
}

function storedEvent(line: string): StoredEvent[] {
  if (line === "") return [];
  try {
    return [JSON.parse(line) as StoredEvent];
  } catch {
    return [];
  }
}
