import { join } from "node:path";
import type { CloudContext } from "../context/cloud-context.ts";
import { StateFile } from "../context/state-file.ts";
import type { Decision } from "../gateway/service.ts";
import type { PolicyStatement } from "./policy.ts";

export interface RefusedCall {
  readonly roleArn: string;
  readonly action: string;
  readonly resource: string;
  readonly decision: Decision;
  readonly count: number;
  /** ISO 8601 */
  readonly lastAt: string;
  /** What the role's policy lacks; absent where a Deny stands in the way, which no Allow would lift. */
  readonly statement?: PolicyStatement;
}

/** So many kinds of refusals are remembered; the oldest go first. */
const MAX_KINDS = 1000;

/**
 * Remembers which calls of roles were refused, also over a restart, so that a person sees what to add; the first of its kind
 * is reported, and written down at once. Only how often it came again may be lost with a kill.
 */
export class RefusedCalls {
  readonly #context: CloudContext;
  readonly #file: StateFile<readonly RefusedCall[]>;
  readonly #calls: Map<string, RefusedCall>;

  constructor(context: CloudContext) {
    this.#context = context;
    this.#file = new StateFile(join(context.dataDir, "identity", "refused-calls.json"));
    this.#calls = new Map(this.#file.load([]).map((call) => [keyOf(call), call]));
  }

  add(roleArn: string, action: string, resource: string, decision: Decision): void {
    const key = keyOf({ roleArn, action, resource, decision });
    const earlier = this.#calls.get(key);
    if (earlier === undefined) this.#context.report(`refused: ${roleArn} may not ${action} on ${resource}`);
    this.#calls.set(key, {
      roleArn,
      action,
      resource,
      decision,
      count: (earlier?.count ?? 0) + 1,
      lastAt: new Date(this.#context.clock.now()).toISOString(),
      ...(decision === "not-allowed"
        ? { statement: { Effect: "Allow", Action: [action], Resource: [resource] } }
        : {}),
    });
    if (earlier !== undefined) return;
    const [oldest] = this.#calls.keys();
    if (this.#calls.size > MAX_KINDS && oldest !== undefined) this.#calls.delete(oldest);
    this.save();
  }

  list(): readonly RefusedCall[] {
    return [...this.#calls.values()];
  }

  clear(): void {
    this.#calls.clear();
    this.save();
  }

  save(): void {
    this.#file.save(this.list());
  }
}

function keyOf(call: Pick<RefusedCall, "roleArn" | "action" | "resource" | "decision">): string {
  return [call.roleArn, call.action, call.resource, call.decision].join(" ");
}
