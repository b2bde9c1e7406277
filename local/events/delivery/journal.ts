import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import type { Delivery } from "./delivery.ts";

/** The file is written anew when it is this large and mostly holds what has been delivered. */
const COMPACT_ABOVE_BYTES = 4 * 1024 * 1024;

/**
 * What is accepted and not yet delivered: one line for each delivery, one more when it is done. A line is in the system's cache
 * before `add` returns, so it survives the end of this process, and a half line at the end is a delivery that was never accepted.
 */
export class DeliveryJournal {
  readonly #path: string;
  readonly #pending = new Map<string, string>();
  #file: number;
  #bytes = 0;
  #pendingBytes = 0;

  constructor(path: string) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, "a+");
    for (const line of readFileSync(path, "utf8").split("\n").slice(0, -1)) this.#take(line);
    this.#rewrite();
  }

  pending(): Delivery[] {
    return [...this.#pending.values()].map((line) => JSON.parse(line) as Delivery);
  }

  add(deliveries: readonly Delivery[]): void {
    this.#write(deliveries.map((delivery) => JSON.stringify(delivery)));
  }

  done(id: string): void {
    this.#write([JSON.stringify({ done: id })]);
    if (this.#pending.size === 0 && this.#bytes > COMPACT_ABOVE_BYTES / 4) {
      ftruncateSync(this.#file, 0);
      this.#bytes = 0;
    } else if (this.#bytes > COMPACT_ABOVE_BYTES && this.#bytes > 4 * this.#pendingBytes) this.#rewrite();
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(lines: readonly string[]): void {
    if (lines.length === 0) return;
    const text = lines.map((line) => `${line}\n`).join("");
    writeSync(this.#file, text);
    this.#bytes += text.length;
    for (const line of lines) this.#take(line);
  }

  #take(line: string): void {
    const entry = JSON.parse(line) as Delivery | { readonly done: string };
    if ("done" in entry) {
      this.#pendingBytes -= this.#pending.get(entry.done)?.length ?? 0;
      this.#pending.delete(entry.done);
    } else {
      this.#pending.set(entry.id, line);
      this.#pendingBytes += line.length;
    }
  }

  #rewrite(): void {
    const text = [...this.#pending.values()].map((line) => `${line}\n`).join("");
    writeFileSync(`${this.#path}.next`, text);
    renameSync(`${this.#path}.next`, this.#path);
    closeSync(this.#file);
    this.#file = openSync(this.#path, "a");
    this.#bytes = text.length;
  }
}
