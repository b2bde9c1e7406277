import { join } from "node:path";
import type { CloudContext } from "../context/cloud-context.ts";
import { StateFile } from "../context/state-file.ts";
import { AwsError } from "../gateway/aws-error.ts";
import { publicParameter } from "./public-parameters.ts";

export const PARAMETER_TYPES = ["String", "StringList", "SecureString"] as const;
export type ParameterType = (typeof PARAMETER_TYPES)[number];

export interface ParameterVersion {
  readonly version: number;
  readonly value: string;
  readonly type: ParameterType;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
}

/** One parameter of SSM's Parameter Store; the last of its versions is what it is now. */
export interface Parameter {
  readonly name: string;
  readonly versions: readonly ParameterVersion[];
  readonly description?: string;
  readonly tier: string;
  readonly keyId?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** https://docs.aws.amazon.com/general/latest/gr/ssm.html: versions that are kept */
const MAX_VERSIONS = 100;

/** All parameters, kept on disk. */
export class ParameterStore {
  readonly #context: CloudContext;
  readonly #file: StateFile<Parameter[]>;
  readonly #parameters: Map<string, Parameter>;

  constructor(context: CloudContext) {
    this.#context = context;
    this.#file = new StateFile(join(context.dataDir, "parameters", "parameters.json"));
    this.#parameters = new Map(this.#file.load([]).map((parameter) => [parameter.name, parameter]));
  }

  all(): Parameter[] {
    return [...this.#parameters.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** By name, also one of the parameters that AWS publishes for everybody. */
  find(name: string): Parameter | undefined {
    return this.#parameters.get(name) ?? publicParameter(name);
  }

  /** The next version of a parameter, or its first. */
  put(
    parameter: Omit<Parameter, "versions">,
    { value, type }: Pick<ParameterVersion, "value" | "type">,
  ): ParameterVersion {
    const before = this.#parameters.get(parameter.name)?.versions ?? [];
    const version = {
      version: (before.at(-1)?.version ?? 0) + 1,
      value,
      type,
      modifiedAt: this.#context.clock.now(),
    };
    const versions = [...before, version].slice(-MAX_VERSIONS);
    this.#parameters.set(parameter.name, { ...parameter, versions });
    this.#save();
    return version;
  }

  setTags(name: string, tags: Readonly<Record<string, string>>): void {
    const parameter = this.#parameters.get(name);
    if (parameter === undefined)
      throw new AwsError("InvalidResourceId", `The resource ID is not valid: ${name}`);
    this.#parameters.set(name, { ...parameter, tags });
    this.#save();
  }

  /** @returns whether it was there */
  remove(name: string): boolean {
    const removed = this.#parameters.delete(name);
    if (removed) this.#save();
    return removed;
  }

  arnOf(name: string): string {
    const owner = name.startsWith("/aws/") ? "" : this.#context.accountId;
    return `arn:aws:ssm:${this.#context.region}:${owner}:parameter${name.startsWith("/") ? "" : "/"}${name}`;
  }

  #save(): void {
    this.#file.save(this.all());
  }
}

/**
 * One version of a parameter by name, ARN or `name:version`.
 * @throws AwsError ParameterNotFound, ParameterVersionNotFound
 */
export function selected(
  store: ParameterStore,
  reference: string,
): { parameter: Parameter; version: ParameterVersion } {
  const [, plain = reference, number] =
    /^((?:arn:[^:]*:ssm:[^:]*:\d*:parameter)?[^:]*)(?::(\d+))?$/.exec(reference) ?? [];
  const named = /^arn:[^:]*:ssm:[^:]*:\d*:parameter(\/.*)$/.exec(plain)?.[1];
  // The ARN of a name without a slash in front has one all the same.
  const parameter =
    named === undefined ? store.find(plain) : (store.find(named) ?? store.find(named.slice(1)));
  if (parameter === undefined) throw new AwsError("ParameterNotFound", `Parameter ${reference} not found.`);
  const version =
    number === undefined
      ? parameter.versions.at(-1)
      : parameter.versions.find((candidate) => candidate.version === Number(number));
  if (version !== undefined) return { parameter, version };
  throw new AwsError(
    "ParameterVersionNotFound",
    `Systems Manager could not find version ${number} of ${parameter.name}. Verify the version and try again.`,
  );
}
