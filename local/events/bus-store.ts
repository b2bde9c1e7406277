import { join } from "node:path";
import type { CloudContext } from "../context/cloud-context.ts";
import { StateFile } from "../context/state-file.ts";
import { AwsError } from "../gateway/aws-error.ts";
import type { Target } from "./shapes.ts";

export interface Bus {
  readonly name: string;
  readonly arn: string;
  description?: string;
  /** Statements by their Sid. */
  statements: Record<string, unknown>;
  tags: Record<string, string>;
  /** Milliseconds since 1970. */
  createdAt: number;
  modifiedAt: number;
}

export interface Rule {
  readonly name: string;
  readonly bus: string;
  readonly arn: string;
  eventPattern?: string;
  scheduleExpression?: string;
  state: "ENABLED" | "DISABLED" | "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";
  description?: string;
  roleArn?: string;
  tags: Record<string, string>;
  targets: Target[];
  /** From when the schedule counts: its last change, or the last time for which it fired. Milliseconds since 1970. */
  scheduledFrom: number;
}

interface State {
  buses: Record<string, Bus>;
  /** By ARN. */
  rules: Record<string, Rule>;
}

export const DEFAULT_BUS = "default";

/** Buses and their rules, kept on disk. Whoever changes what a getter gave calls `save`. */
export class BusStore {
  readonly #context: CloudContext;
  readonly #file: StateFile<State>;
  readonly #state: State;

  constructor(context: CloudContext) {
    this.#context = context;
    this.#file = new StateFile(join(context.dataDir, "events", "buses.json"));
    this.#state = this.#file.load({ buses: {}, rules: {} });
    this.#state.buses[DEFAULT_BUS] ??= this.#newBus(DEFAULT_BUS);
  }

  save(): void {
    this.#file.save(this.#state);
  }

  busArn(name: string): string {
    return `arn:aws:events:${this.#context.region}:${this.#context.accountId}:event-bus/${name}`;
  }

  ruleArn(bus: string, name: string): string {
    const path = bus === DEFAULT_BUS ? name : `${bus}/${name}`;
    return `arn:aws:events:${this.#context.region}:${this.#context.accountId}:rule/${path}`;
  }

  /** The name of a bus that is given by name, by ARN or not at all. */
  busName(nameOrArn: string | undefined): string {
    return nameOrArn?.replace(/^arn:[^/]*:event-bus\//, "") ?? DEFAULT_BUS;
  }

  findBus(nameOrArn: string | undefined): Bus | undefined {
    const name = this.busName(nameOrArn);
    return Object.hasOwn(this.#state.buses, name) ? this.#state.buses[name] : undefined;
  }

  /** @throws AwsError ResourceNotFoundException */
  bus(nameOrArn: string | undefined): Bus {
    const bus = this.findBus(nameOrArn);
    if (bus === undefined) throw notFound(`Event bus ${this.busName(nameOrArn)} does not exist.`);
    return bus;
  }

  buses(): Bus[] {
    return Object.values(this.#state.buses);
  }

  addBus(name: string): Bus {
    const bus = this.#newBus(name);
    this.#state.buses[name] = bus;
    return bus;
  }

  removeBus(name: string): void {
    delete this.#state.buses[name];
  }

  findRule(bus: string, name: string): Rule | undefined {
    return this.#state.rules[this.ruleArn(bus, name)];
  }

  /** @throws AwsError ResourceNotFoundException */
  rule(busNameOrArn: string | undefined, name: string): Rule {
    const bus = this.bus(busNameOrArn);
    const rule = this.findRule(bus.name, name);
    if (rule === undefined) throw notFound(`Rule ${name} does not exist on EventBus ${bus.name}.`);
    return rule;
  }

  ruleByArn(arn: string): Rule | undefined {
    return this.#state.rules[arn];
  }

  rules(bus?: string): Rule[] {
    return Object.values(this.#state.rules).filter((rule) => bus === undefined || rule.bus === bus);
  }

  addRule(rule: Rule): void {
    this.#state.rules[rule.arn] = rule;
  }

  removeRule(rule: Rule): void {
    delete this.#state.rules[rule.arn];
  }

  /** The tags of a rule or a bus. @throws AwsError ResourceNotFoundException */
  tagged(arn: string): { tags: Record<string, string> } {
    const found = this.#state.rules[arn] ?? this.buses().find((bus) => bus.arn === arn);
    if (found === undefined) throw notFound(`Resource ${arn} does not exist.`);
    return found;
  }

  #newBus(name: string): Bus {
    const now = this.#context.clock.now();
    return { name, arn: this.busArn(name), statements: {}, tags: {}, createdAt: now, modifiedAt: now };
  }
}

function notFound(message: string): AwsError {
  return new AwsError("ResourceNotFoundException", message);
}
