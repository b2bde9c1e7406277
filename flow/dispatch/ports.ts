import type { PipelineStore } from "#core/ports/pipeline-store.ts";
import type { TaskLauncher } from "#core/ports/task-launcher.ts";
import type { LaunchSite } from "#core/planning/run-request.ts";
import type { SettlePorts } from "../finish-run.ts";

export interface DispatchPorts extends SettlePorts {
  readonly launcher: TaskLauncher;
  readonly pipelineStore: PipelineStore;
  readonly site: LaunchSite;
  readonly limits: { readonly maxVcpu: number };
  /** What is left of this invocation. */
  remainingMs(): number;
}

/** A slice ends while there is still time to write down what it did. */
export const SLICE_RESERVE_MS = 5_000;
