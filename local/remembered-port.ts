import { join } from "node:path";
import { StateFile } from "./context/state-file.ts";

/**
 * The port that a data folder had last. Queue URLs with it stand in the environments of deployed functions, so a cloud that
 * may take any port takes the same one again if it can.
 */
export class RememberedPort {
  readonly #file: StateFile<{ port: number }>;
  /** 0 where the folder is new. */
  readonly last: number;

  constructor(dataDir: string) {
    this.#file = new StateFile(join(dataDir, "port.json"));
    this.last = this.#file.load({ port: 0 }).port;
  }

  /** @returns what the person has to know where the port is another one than before */
  keep(port: number): string | undefined {
    this.#file.save({ port });
    if (this.last === 0 || this.last === port) return undefined;
    return `The endpoint was on port ${this.last} and is on ${port} now: functions that were deployed before still know the old one in their queue URLs.`;
  }
}
