import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { CloudContext } from "../context/cloud-context.ts";
import { StateFile } from "../context/state-file.ts";
import { AwsError } from "../gateway/aws-error.ts";
import { awsManagedPolicy } from "./managed-policies.ts";
import { checkIdentityPolicy, checkTrustPolicy } from "./check-policy.ts";
import type { PolicyDocument } from "./policy.ts";

export interface Role {
  readonly name: string;
  readonly arn: string;
  /** E.g. AROA2X..., as the GetAtt attribute RoleId. */
  readonly id: string;
  readonly path: string;
  readonly createdAt: string;
  readonly trust: PolicyDocument;
  readonly description?: string;
  readonly maxSessionSeconds: number;
  /** Inline policies by name. */
  readonly inline: Readonly<Record<string, PolicyDocument>>;
  /** ARNs of managed policies. */
  readonly attached: readonly string[];
  /** Stack and logical id of the CloudFormation resource that made it. */
  readonly owner?: string;
}

interface State {
  readonly roles: Record<string, Role>;
  /** Customer managed policies by ARN. */
  readonly policies: Record<string, PolicyDocument>;
}

/** Roles and customer managed policies, kept on disk. */
export class RoleStore {
  readonly #context: CloudContext;
  readonly #file: StateFile<State>;
  readonly #state: State;

  constructor(context: CloudContext) {
    this.#context = context;
    this.#file = new StateFile(join(context.dataDir, "identity", "roles.json"));
    this.#state = this.#file.load({ roles: {}, policies: {} });
  }

  all(): readonly Role[] {
    return Object.values(this.#state.roles);
  }

  find(name: string): Role | undefined {
    return Object.hasOwn(this.#state.roles, name) ? this.#state.roles[name] : undefined;
  }

  /** @throws AwsError NoSuchEntity */
  get(name: string): Role {
    const role = this.find(name);
    if (role === undefined) throw noSuchEntity(`The role with name ${name} cannot be found.`);
    return role;
  }

  /** @throws AwsError NoSuchEntity */
  byArn(arn: string): Role {
    const role = this.get(arn.slice(arn.lastIndexOf("/") + 1));
    if (role.arn !== arn) throw noSuchEntity(`The role ${arn} cannot be found.`);
    return role;
  }

  /** @throws AwsError EntityAlreadyExists, MalformedPolicyDocument */
  create(
    role: Pick<Role, "name" | "path" | "trust"> &
      Partial<Pick<Role, "description" | "maxSessionSeconds" | "owner">>,
  ): Role {
    if (this.find(role.name) !== undefined) {
      throw new AwsError("EntityAlreadyExists", `Role with name ${role.name} already exists.`, 409);
    }
    return this.put({
      maxSessionSeconds: 3600,
      ...role,
      arn: `arn:aws:iam::${this.#context.accountId}:role${role.path}${role.name}`,
      id: `AROA${randomBytes(10).toString("hex").slice(0, 17).toUpperCase()}`,
      createdAt: new Date(this.#context.clock.now()).toISOString(),
      inline: {},
      attached: [],
    });
  }

  /** @throws AwsError MalformedPolicyDocument */
  put(role: Role): Role {
    checkTrustPolicy(role.trust);
    for (const document of Object.values(role.inline)) checkIdentityPolicy(document);
    this.#state.roles[role.name] = role;
    this.#file.save(this.#state);
    return role;
  }

  remove(name: string): void {
    delete this.#state.roles[name];
    this.#file.save(this.#state);
  }

  /** @throws AwsError MalformedPolicyDocument */
  putPolicy(arn: string, document: PolicyDocument): void {
    checkIdentityPolicy(document);
    this.#state.policies[arn] = document;
    this.#file.save(this.#state);
  }

  removePolicy(arn: string): void {
    delete this.#state.policies[arn];
    for (const role of this.all()) {
      this.#state.roles[role.name] = {
        ...role,
        attached: role.attached.filter((attached) => attached !== arn),
      };
    }
    this.#file.save(this.#state);
  }

  /** A managed policy's document; undefined where neither AWS' list that we carry nor the account has it. */
  managedPolicy(arn: string): PolicyDocument | undefined {
    return (
      awsManagedPolicy(arn) ??
      (Object.hasOwn(this.#state.policies, arn) ? this.#state.policies[arn] : undefined)
    );
  }

  /** All documents that say what the role may do. */
  documentsOf(role: Role): readonly PolicyDocument[] {
    const managed = role.attached
      .map((arn) => this.managedPolicy(arn))
      .filter((document) => document !== undefined);
    return [...Object.values(role.inline), ...managed];
  }
}

function noSuchEntity(message: string): AwsError {
  return new AwsError("NoSuchEntity", message, 404);
}
