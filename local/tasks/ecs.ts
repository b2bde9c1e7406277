import type { CloudContext } from "../context/cloud-context.ts";
import { AwsError } from "../gateway/aws-error.ts";
import type { GatewayRequest } from "../gateway/service.ts";
import type { Faults } from "./faults.ts";
import type { TaskChanges } from "./lifecycle/task-changes.ts";
import type { TaskLifecycle } from "./lifecycle/task-lifecycle.ts";
import type { Settings } from "./settings.ts";
import type { ServiceScheduler } from "./services/scheduler.ts";
import type { ServiceStore } from "./services/service-store.ts";
import type { ClusterStore } from "./state/cluster-store.ts";
import type { DefinitionStore } from "./state/definition-store.ts";
import type { TaskStore } from "./state/task-store.ts";
import type { Throttle } from "./throttle.ts";

/** What the operations of ECS work on. */
export interface Ecs {
  readonly context: CloudContext;
  readonly clusters: ClusterStore;
  readonly definitions: DefinitionStore;
  readonly tasks: TaskStore;
  readonly changes: TaskChanges;
  readonly lifecycle: TaskLifecycle;
  readonly settings: Settings;
  readonly faults: Faults;
  readonly throttle: Throttle;
  readonly services: ServiceStore;
  readonly scheduler: ServiceScheduler;
}

/** Asks IAM for the caller. @throws AwsError AccessDeniedException */
export type Authorize = GatewayRequest["authorize"];

/** For callers inside of the cloud, whose right was checked before. */
export const trusted: Authorize = () => undefined;

/** The request's own check, with the error code that ECS gives to a refusal. */
export function authorizeOf(request: GatewayRequest): Authorize {
  return (action, resource, conditions) => {
    try {
      request.authorize(action, resource, conditions);
    } catch (error) {
      if (error instanceof AwsError && error.code === "AccessDenied") {
        throw new AwsError("AccessDeniedException", error.message, 400, error.members);
      }
      throw error;
    }
  };
}

/** One operation of the API: input as it was sent, answer as it is sent. */
export type EcsOperation = (ecs: Ecs, input: Record<string, unknown>, authorize: Authorize) => unknown;
