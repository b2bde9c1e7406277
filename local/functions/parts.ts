import type { CloudContext } from "../context/cloud-context.ts";
import type { AsyncInvocations } from "./asynchronous/async-invocations.ts";
import type { CodeStore } from "./code-store.ts";
import type { EnvironmentPool } from "./environments/environment-pool.ts";
import type { FunctionStore } from "./function-store.ts";
import type { Invoker } from "./invoker.ts";
import type { MappingPollers } from "./mappings/mapping-pollers.ts";

/** What the operations of this service work with. */
export interface FunctionParts {
  readonly context: CloudContext;
  readonly store: FunctionStore;
  readonly code: CodeStore;
  readonly pool: EnvironmentPool;
  readonly invoker: Invoker;
  readonly asynchronous: AsyncInvocations;
  readonly pollers: MappingPollers;
}
