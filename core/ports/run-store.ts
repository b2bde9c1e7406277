import type { Flight, Run } from "../runs/run.ts";
import type { SaveResult } from "./job-store.ts";

/** The runs, and the flights: those that are not over, under a few fixed keys of the base table. */
export interface RunStore {
  createRun(run: Run): Promise<SaveResult<Run>>;
  /** Consistent read. */
  readRun(runId: string): Promise<Run | undefined>;
  /** Replaces the run whose revision is `run.revision - 1`. */
  saveRun(run: Run): Promise<SaveResult<Run>>;
  /** Idempotent. */
  addFlight(flight: Flight): Promise<void>;
  /** Notes that the flight is launched; a flight that was removed meanwhile stays removed. */
  markLaunched(runId: string): Promise<void>;
  /** Idempotent; called last, when the run is settled and told. */
  removeFlight(runId: string): Promise<void>;
  /** All of them, consistent. */
  listFlights(): Promise<Flight[]>;
}
