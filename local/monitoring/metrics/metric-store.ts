import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { type Datum, identityOf } from "../../context/metric.ts";

/** CloudWatch keeps points of one minute for 15 days. */
const KEPT_MS = 15 * 86_400_000;

/** The metrics of the account: an append-only file, read again at start, less what is too old. */
export class MetricStore {
  readonly #path: string;
  readonly #metrics = new Map<string, Datum[]>();

  /** `now`: milliseconds since 1970. */
  constructor(path: string, now: number) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path)) return;
    const kept = readFileSync(path, "utf8")
      .split("\n")
      .flatMap(datum)
      .filter(({ timestamp }) => timestamp >= now - KEPT_MS);
    writeFileSync(`${path}.next`, lines(kept));
    renameSync(`${path}.next`, path);
    this.#take(kept);
  }

  add(data: readonly Datum[]): void {
    if (data.length === 0) return;
    appendFileSync(this.#path, lines(data));
    this.#take(data);
  }

  /** One datum of each metric, to tell its name and dimensions. */
  metrics(): Datum[] {
    return [...this.#metrics.values()].flatMap((data) => data.slice(-1));
  }

  data(metric: Pick<Datum, "namespace" | "name" | "dimensions">): readonly Datum[] {
    return this.#metrics.get(identityOf(metric)) ?? [];
  }

  #take(data: readonly Datum[]): void {
    for (const each of data) {
      const identity = identityOf(each);
      const known = this.#metrics.get(identity);
      if (known === undefined) this.#metrics.set(identity, [each]);
      else known.push(each);
    }
  }
}

function lines(data: readonly Datum[]): string {
  return data.map((each) => `${JSON.stringify(each)}\n`).join("");
}

/** A half line is what a `kill -9` may leave at the end. */
function datum(line: string): Datum[] {
  if (line === "") return [];
  try {
    return [JSON.parse(line) as Datum];
  } catch {
    return [];
  }
}
