import { attributesOf } from "#adapters/aws/dynamodb-job-store.ts";
import type { Experience } from "#core/planning/experience.ts";
import type { Job } from "#core/jobs/job.ts";
import type { DueQuery, SaveResult } from "#core/ports/job-store.ts";
import type { Flight, Run } from "#core/runs/run.ts";
import { itemBytes, readUnits, writeUnits } from "./capacity-units.ts";
import type { Bill } from "./bill.ts";

const RETENTION_DAYS = 90;
/** As adapters/aws/dynamodb-job-store.ts asks the index. */
const SHARDS = 16;
const SPARE_OF_A_SHARE = 4;
/** As infrastructure/storage.yml projects them into the index `due`, and the keys of both. */
const DUE_ATTRIBUTES = "pk sk duePk dueSk jobId pipeline priority notBefore createdAt sizeBytes needs".split(
  " ",
);
const FLIGHT_PARTITIONS = 4;
/** What every item has beside its members: keys, and the id of the write. */
const WRITE_ID = "00000000-0000-0000-0000-000000000000";

interface Standing {
  readonly bytes: number;
  /** Its entry in the index of due jobs. */
  readonly due?: { readonly key: string; readonly entry: string; readonly bytes: number };
}

/** Counts by AWS's rules what a call of a port costs in the table, from the items that the adapters for AWS would write. */
export class TableMeter {
  readonly bill: Bill;
  readonly #jobs = new Map<string, Standing>();
  readonly #runs = new Map<string, number>();
  readonly #flights = new Map<string, number>();
  readonly #experience = new Map<string, number>();
  #dueJobs = 0;
  #dueBytes = 0;

  constructor(bill: Bill) {
    this.bill = bill;
  }

  /** @param who the function or task that calls. @param result what the call came to */
  note(who: string, method: string, given: readonly unknown[], result: unknown): void {
    const units = this.#unitsOf(method, given, result);
    this.bill.add(`${who} ${method}`, units);
  }

  #unitsOf(
    method: string,
    [first, second]: readonly unknown[],
    result: unknown,
  ): { writes?: number; reads?: number } {
    switch (method) {
      case "createJob":
      case "saveJob":
        return { writes: this.#writeJob(first as Job, result as SaveResult<Job>) };
      case "readJob":
        return { reads: this.#readJob(first as string) };
      case "readJobs":
        return {
          reads: [...new Set(first as string[])].reduce((sum, jobId) => sum + this.#readJob(jobId), 0),
        };
      case "listDue":
        return { reads: this.#queryDue((first as DueQuery).limit / SHARDS + SPARE_OF_A_SHARE) };
      case "nextDue":
        return { reads: (first as readonly string[]).length * this.#queryDue(1) };
      case "createRun":
      case "saveRun":
        return { writes: this.#writeRun(first as Run, result as SaveResult<Run>) };
      case "readRun":
        return { reads: readUnits(this.#runs.get(first as string) ?? 0, "consistent") };
      case "addFlight":
        return { writes: this.#addFlight(first as Flight) };
      case "markLaunched":
        return { writes: 1 };
      case "removeFlight":
        this.#flights.delete(first as string);
        return { writes: 1 };
      case "listFlights":
        return { reads: this.#listFlights() };
      case "readPipeline":
      case "readHolds":
        return { reads: readUnits(itemBytes({ ...(result as object | undefined) }), "consistent") };
      case "readPipelines":
        return {
          reads: readEach(first as readonly string[], result as ReadonlyMap<string, object>, "consistent"),
        };
      case "readExperience":
        return { reads: readUnits(this.#experience.get(first as string) ?? 0, "eventual") };
      case "saveExperience":
        return { writes: this.#writeExperience(first as Experience) };
      case "readWatches":
        return {
          reads: readEach(first as readonly string[], result as ReadonlyMap<string, object>, "consistent"),
        };
      case "readSweepPosition":
      case "readKnownPipelines":
        return { reads: readUnits(itemBytes({ ...(result as object | undefined) }), "eventual") };
      case "introducePipeline":
      case "moveUploads":
      case "saveWatch":
      case "saveSweepPosition":
      case "noteKnownPipelines":
      case "saveHolds":
      case "setPaused":
      case "noteLooked":
      case "noteLaunch":
      case "addToTally":
        return { writes: 1 };
      default:
        throw new Error(`It is not known what ${method}(${String(second ?? "")}) costs in the table.`);
    }
  }

  #readJob(jobId: string): number {
    return readUnits(this.#jobs.get(jobId)?.bytes ?? 0, "consistent");
  }

  #writeJob(job: Job, { saved }: SaveResult<Job>): number {
    const before = this.#jobs.get(job.jobId);
    // A refused write costs as much as the item that stands there.
    if (!saved) return writeUnits(before?.bytes ?? 0);
    const attributes = attributesOf(job, RETENTION_DAYS);
    const keys = { pk: `JOB#${job.jobId}`, sk: "JOB" };
    const item: Record<string, unknown> = { ...job, ...attributes, ...keys, writeId: WRITE_ID };
    const due = dueEntry(item);
    const after: Standing = { bytes: itemBytes(item), ...(due === undefined ? {} : { due }) };
    this.#jobs.set(job.jobId, after);
    this.#countDue(before, -1);
    this.#countDue(after, 1);
    const { recentPk, recentSk } = attributes;
    const recent = before === undefined ? writeUnits(itemBytes({ ...keys, recentPk, recentSk })) : 0;
    return writeUnits(Math.max(before?.bytes ?? 0, after.bytes)) + dueUnits(before?.due, after.due) + recent;
  }

  #countDue(standing: Standing | undefined, sign: number): void {
    if (standing?.due === undefined) return;
    this.#dueJobs += sign;
    this.#dueBytes += sign * standing.due.bytes;
  }

  /** Ids are hashes, so each shard has its share. */
  #queryDue(limit: number): number {
    const jobs = Math.min(limit, this.#dueJobs / SHARDS);
    const bytes = this.#dueJobs === 0 ? 0 : jobs * (this.#dueBytes / this.#dueJobs);
    return SHARDS * readUnits(bytes, "eventual");
  }

  #writeRun(run: Run, { saved }: SaveResult<Run>): number {
    const before = this.#runs.get(run.runId) ?? 0;
    if (!saved) return writeUnits(before);
    const keys = { pk: `RUN#${run.runId}`, sk: "RUN", writeId: WRITE_ID, expiresAt: 1_700_000_001 };
    const after = itemBytes({ ...run, ...keys });
    this.#runs.set(run.runId, after);
    return writeUnits(Math.max(before, after));
  }

  #addFlight(flight: Flight): number {
    const bytes = itemBytes({ ...flight, pk: "FLIGHT#0", sk: flight.runId });
    this.#flights.set(flight.runId, bytes);
    return writeUnits(bytes);
  }

  #listFlights(): number {
    const bytes = [...this.#flights.values()].reduce((sum, one) => sum + one, 0);
    return FLIGHT_PARTITIONS * readUnits(bytes / FLIGHT_PARTITIONS, "consistent");
  }

  #writeExperience(experience: Experience): number {
    const before = this.#experience.get(experience.pipeline) ?? 0;
    const keys = { pk: `PIPELINE#${experience.pipeline}`, sk: "EXPERIENCE", writeId: WRITE_ID };
    const after = itemBytes({ ...experience, ...keys });
    this.#experience.set(experience.pipeline, after);
    return writeUnits(Math.max(before, after));
  }
}

function dueEntry(item: Readonly<Record<string, unknown>>): Standing["due"] {
  if (item["duePk"] === undefined) return undefined;
  const entry = Object.fromEntries(DUE_ATTRIBUTES.map((name) => [name, item[name]]));
  return {
    key: `${String(item["duePk"])} ${String(item["dueSk"])}`,
    entry: JSON.stringify(entry),
    bytes: itemBytes(entry),
  };
}

/**
 * An entry that is new, changed or gone is a write; one that changes its key is two.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes
 */
function dueUnits(before: Standing["due"], after: Standing["due"]): number {
  if (before === undefined || after === undefined) {
    const there = before ?? after;
    return there === undefined ? 0 : writeUnits(there.bytes);
  }
  if (before.key !== after.key) return writeUnits(before.bytes) + writeUnits(after.bytes);
  return before.entry === after.entry ? 0 : writeUnits(Math.max(before.bytes, after.bytes));
}

/** A batch costs what its items cost one by one, also those that are not there. */
function readEach(
  keys: readonly string[],
  found: ReadonlyMap<string, object>,
  consistency: Parameters<typeof readUnits>[1],
): number {
  return keys.reduce((sum, key) => sum + readUnits(itemBytes({ ...found.get(key) }), consistency), 0);
}
