import { randomUUID } from "node:crypto";
import type { Properties } from "../../cloudformation/resource-provider.ts";
import type { CloudContext } from "../../context/cloud-context.ts";
import {
  STACK_TYPE,
  type ResourceRecord,
  type ResourceStatus,
  type StackRecord,
  type StackStatus,
} from "./stack-record.ts";
import type { StackStore } from "./stack-store.ts";

/** Moves stacks and resources from status to status, with the event that CloudFormation sends for it, and on disk before it returns. */
export class Journal {
  readonly #context: CloudContext;
  readonly #store: StackStore;

  constructor(context: CloudContext, store: StackStore) {
    this.#context = context;
    this.#store = store;
  }

  stack(stack: StackRecord, status: StackStatus, reason?: string): void {
    stack.status = status;
    if (reason === undefined) delete stack.statusReason;
    else stack.statusReason = reason;
    this.#append(
      stack,
      { logicalId: stack.stackName, physicalId: stack.stackId, type: STACK_TYPE, status },
      reason,
    );
  }

  resource(stack: StackRecord, resource: ResourceRecord, status: ResourceStatus, reason?: string): void {
    resource.status = status;
    resource.timestamp = this.#context.clock.now();
    if (reason === undefined) delete resource.statusReason;
    else resource.statusReason = reason;
    const { logicalId, physicalId, type } = resource;
    const properties = resource.pending ?? resource.properties;
    this.#append(
      stack,
      { logicalId, type, status, properties, ...(physicalId === undefined ? {} : { physicalId }) },
      reason,
    );
  }

  #append(
    stack: StackRecord,
    event: { logicalId: string; physicalId?: string; type: string; status: string; properties?: Properties },
    reason: string | undefined,
  ): void {
    const eventId = event.type === STACK_TYPE ? randomUUID() : `${event.logicalId}-${randomUUID()}`;
    stack.events.push({
      eventId,
      timestamp: this.#context.clock.now(),
      ...event,
      ...(reason === undefined ? {} : { reason }),
    });
    this.#store.save(stack);
  }
}
