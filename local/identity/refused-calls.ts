import type { CloudContext } from "../context/cloud-context.ts";
import type { Decision, PolicyStatement } from "./policy.ts";

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

/** Remembers which calls of roles were refused, so that a person sees what to add; the first of its kind is reported. */
export class RefusedCalls {
  readonly #context: CloudContext;
  readonly #calls = new Map<string, RefusedCall>();

  constructor(context: CloudContext) {
    this.#context = context;
  }

  add(roleArn: string, action: string, resource: string, decision: Decision): void {
    const key = [roleArn, action, resource, decision].join(" ");
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
  }

  list(): readonly RefusedCall[] {
    return [...this.#calls.values()];
  }

  clear(): void {
    this.#calls.clear();
  }
}
