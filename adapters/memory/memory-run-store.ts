import type { SaveResult } from "#core/ports/job-store.ts";
import type { RunStore } from "#core/ports/run-store.ts";
import type { Flight, Run } from "#core/runs/run.ts";
import { MemoryTable } from "./memory-table.ts";

export class MemoryRunStore implements RunStore {
  readonly #runs = new MemoryTable<Run>();
  readonly #flights = new Map<string, Flight>();

  async createRun(run: Run): Promise<SaveResult<Run>> {
    return this.#runs.put(run.runId, run);
  }

  async saveRun(run: Run): Promise<SaveResult<Run>> {
    return this.#runs.put(run.runId, run);
  }

  async readRun(runId: string): Promise<Run | undefined> {
    return this.#runs.get(runId);
  }

  async addFlight(flight: Flight): Promise<void> {
    this.#flights.set(flight.runId, flight);
  }

  async markLaunched(runId: string): Promise<void> {
    const flight = this.#flights.get(runId);
    if (flight !== undefined) this.#flights.set(runId, { ...flight, launched: true });
  }

  async removeFlight(runId: string): Promise<void> {
    this.#flights.delete(runId);
  }

  async listFlights(): Promise<Flight[]> {
    return [...this.#flights.values()];
  }

  /** Every run as it stands, for whoever inspects the store. */
  allRuns(): MapIterator<Run> {
    return this.#runs.values();
  }

  standing(runId: string): Run | undefined {
    return this.#runs.get(runId);
  }

  get flightsInAir(): number {
    return this.#flights.size;
  }
}
