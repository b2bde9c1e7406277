import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { StateFile } from "../../context/state-file.ts";
import { validationError } from "../template/template-error.ts";
import type { OutputRecord, StackRecord } from "./stack-record.ts";

/** CloudFormation tells of a deleted stack for 90 days. */
const KEPT_AFTER_DELETION_MS = 90 * 24 * 60 * 60 * 1000;

export interface ExportRecord {
  readonly name: string;
  readonly value: string;
  readonly exporter: StackRecord;
}

/** All stacks, living and deleted, each in a file of its own. */
export class StackStore {
  readonly #folder: string;
  readonly #stacks = new Map<string, StackRecord>();

  constructor(folder: string, now: number) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder).filter((file) => file.endsWith(".json"))) {
      const stack = new StateFile<StackRecord | undefined>(join(folder, name)).load(undefined);
      if (stack === undefined) continue;
      if ((stack.deletionTime ?? now) < now - KEPT_AFTER_DELETION_MS) rmSync(join(folder, name));
      else this.#stacks.set(stack.stackId, stack);
    }
  }

  /** Newest first, as the API lists them. */
  all(): StackRecord[] {
    return [...this.#stacks.values()].sort((a, b) => b.creationTime - a.creationTime);
  }

  living(): StackRecord[] {
    return this.all().filter(({ status }) => status !== "DELETE_COMPLETE");
  }

  /** By name only what lives; by id also what was deleted. */
  find(nameOrId: string): StackRecord | undefined {
    return this.#stacks.get(nameOrId) ?? this.living().find(({ stackName }) => stackName === nameOrId);
  }

  /** @throws AwsError ValidationError, in the words of most operations */
  get(nameOrId: string, words = (name: string) => `Stack [${name}] does not exist`): StackRecord {
    const stack = this.find(nameOrId);
    if (stack === undefined) throw validationError(words(nameOrId));
    return stack;
  }

  save(stack: StackRecord): void {
    this.#stacks.set(stack.stackId, stack);
    new StateFile<StackRecord>(join(this.#folder, `${stack.stackId.split("/").at(-1)}.json`)).save(stack);
  }

  exports(): ExportRecord[] {
    return this.living().flatMap((exporter) =>
      exporter.outputs
        .filter((output): output is OutputRecord & { exportName: string } => output.exportName !== undefined)
        .map(({ exportName, value }) => ({ name: exportName, value, exporter })),
    );
  }

  importersOf(exportName: string): StackRecord[] {
    return this.living().filter(({ imports }) => imports.includes(exportName));
  }
}
