import { join } from "node:path";
import type { CloudContext } from "../context/cloud-context.ts";
import { StateFile } from "../context/state-file.ts";
import { AwsError } from "../gateway/aws-error.ts";
import type { EventSourceMapping, FunctionConfiguration, FunctionRecord } from "./function-record.ts";
import type { FunctionReference } from "./function-name.ts";

interface State {
  readonly functions: Readonly<Record<string, FunctionRecord>>;
  readonly mappings: Readonly<Record<string, EventSourceMapping>>;
}

/** A function as an invocation finds it. */
export interface ResolvedFunction {
  readonly record: FunctionRecord;
  readonly configuration: FunctionConfiguration;
  /** As it was asked for: "$LATEST" where there was no qualifier. */
  readonly qualifier: string;
  /** The ARN as it was asked for, with the qualifier if there was one. */
  readonly arn: string;
}

/** Functions and event source mappings, on disk after each change. */
export class FunctionStore {
  readonly #context: CloudContext;
  readonly #file: StateFile<State>;
  #state: State;

  constructor(context: CloudContext) {
    this.#context = context;
    this.#file = new StateFile(join(context.dataDir, "functions", "state.json"));
    this.#state = this.#file.load({ functions: {}, mappings: {} });
  }

  get functions(): readonly FunctionRecord[] {
    return Object.values(this.#state.functions);
  }

  get mappings(): readonly EventSourceMapping[] {
    return Object.values(this.#state.mappings);
  }

  arn(name: string, qualifier?: string): string {
    const arn = `arn:aws:lambda:${this.#context.region}:${this.#context.accountId}:function:${name}`;
    return qualifier === undefined ? arn : `${arn}:${qualifier}`;
  }

  find(name: string): FunctionRecord | undefined {
    return Object.hasOwn(this.#state.functions, name) ? this.#state.functions[name] : undefined;
  }

  /** @throws AwsError ResourceNotFoundException */
  get(name: string): FunctionRecord {
    return this.find(name) ?? fail404(`Function not found: ${this.arn(name)}`);
  }

  /** The version that a name, version or alias leads to. @throws AwsError ResourceNotFoundException */
  resolve({ name, qualifier }: FunctionReference): ResolvedFunction {
    const arn = this.arn(name, qualifier);
    const record = this.find(name) ?? fail404(`Function not found: ${arn}`);
    const version = record.aliases[qualifier ?? ""]?.version ?? qualifier ?? "$LATEST";
    const configuration =
      version === "$LATEST"
        ? record.latest
        : record.versions.find((published) => published.version === version);
    if (configuration === undefined) return fail404(`Function not found: ${arn}`);
    return { record, configuration, qualifier: qualifier ?? "$LATEST", arn };
  }

  put(record: FunctionRecord): void {
    this.#save({ ...this.#state, functions: { ...this.#state.functions, [record.latest.name]: record } });
  }

  remove(name: string): void {
    const { [name]: _, ...functions } = this.#state.functions;
    this.#save({ ...this.#state, functions });
  }

  findMapping(uuid: string): EventSourceMapping | undefined {
    return Object.hasOwn(this.#state.mappings, uuid) ? this.#state.mappings[uuid] : undefined;
  }

  putMapping(mapping: EventSourceMapping): void {
    this.#save({ ...this.#state, mappings: { ...this.#state.mappings, [mapping.uuid]: mapping } });
  }

  removeMapping(uuid: string): void {
    const { [uuid]: _, ...mappings } = this.#state.mappings;
    this.#save({ ...this.#state, mappings });
  }

  #save(state: State): void {
    this.#file.save(state);
    this.#state = state;
  }
}

function fail404(message: string): never {
  throw new AwsError("ResourceNotFoundException", message, 404, { Type: "User" });
}
