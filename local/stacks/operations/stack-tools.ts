import type { CloudContext } from "../../context/cloud-context.ts";
import type { GatewayRequest } from "../../gateway/service.ts";
import type { Journal } from "../engine/journal.ts";
import type { Providers } from "../engine/resource-work.ts";
import type { StackEngine } from "../engine/stack-engine.ts";
import type { StackStore } from "../engine/stack-store.ts";

/** What the operations of the API work with. */
export interface StackTools {
  readonly context: CloudContext;
  readonly store: StackStore;
  readonly journal: Journal;
  readonly engine: StackEngine;
  readonly providers: Providers;
}

export type StackOperation = (
  tools: StackTools,
  input: Record<string, unknown>,
  request: GatewayRequest,
) => Promise<Record<string, unknown>>;
