import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import type { CloudContext } from "../context/cloud-context.ts";
import { StateFile } from "../context/state-file.ts";
import { AwsError } from "../gateway/aws-error.ts";

/** One value that a secret has or had. Bytes are kept as base64. */
export interface SecretVersion {
  readonly id: string;
  readonly text?: string;
  readonly base64?: string;
  stages: string[];
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly createdAt: number;
  changedAt: number;
  /** When it will be gone for good. */
  deletionAt?: number;
  description?: string;
  kmsKeyId?: string;
  tags: Record<string, string>;
  versions: SecretVersion[];
}

export const CURRENT = "AWSCURRENT";
export const PREVIOUS = "AWSPREVIOUS";

/** All secrets, kept on disk as they are: KMS encrypts nothing here. */
export class SecretStore {
  readonly #context: CloudContext;
  readonly #file: StateFile<Secret[]>;
  #secrets: Secret[];

  constructor(context: CloudContext) {
    this.#context = context;
    this.#file = new StateFile(join(context.dataDir, "secrets", "secrets.json"));
    this.#secrets = this.#file.load([]);
  }

  all(): readonly Secret[] {
    const now = this.#context.clock.now();
    this.#secrets = this.#secrets.filter(({ deletionAt = Infinity }) => deletionAt > now);
    return this.#secrets;
  }

  /** By name, ARN, or ARN without its last six characters. */
  find(secretId: string): Secret | undefined {
    return this.all().find(
      ({ name, arn }) =>
        name === secretId || arn === secretId || arn.slice(0, -RANDOM_LENGTH - 1) === secretId,
    );
  }

  /** @throws AwsError ResourceNotFoundException */
  get(secretId: string): Secret {
    const secret = this.find(secretId);
    if (secret !== undefined) return secret;
    throw new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
  }

  /** @throws AwsError ResourceExistsException, InvalidRequestException */
  create(name: string): Secret {
    const existing = this.all().find((secret) => secret.name === name);
    if (existing?.deletionAt !== undefined) {
      throw new AwsError(
        "InvalidRequestException",
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
      );
    }
    if (existing !== undefined) {
      throw new AwsError(
        "ResourceExistsException",
        `The operation failed because the secret ${name} already exists.`,
      );
    }
    const { region, accountId, clock } = this.#context;
    const arn = `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${randomSuffix()}`;
    const secret: Secret = {
      arn,
      name,
      createdAt: clock.now(),
      changedAt: clock.now(),
      tags: {},
      versions: [],
    };
    this.#secrets.push(secret);
    return secret;
  }

  /**
   * Gives a secret a value. The same token with the same value is the same version.
   * @throws AwsError ResourceExistsException where the token had another value
   */
  addVersion(
    secret: Secret,
    value: { text?: string; base64?: string },
    id: string = randomUUID(),
    stages: readonly string[] = [CURRENT],
  ): SecretVersion {
    const existing = secret.versions.find((version) => version.id === id);
    if (existing !== undefined) {
      if (existing.text === value.text && existing.base64 === value.base64) return existing;
      throw new AwsError(
        "ResourceExistsException",
        `You can't modify an existing version, you can only create a new version. The ClientRequestToken ${id} was used already.`,
      );
    }
    const version: SecretVersion = { id, ...value, stages: [], createdAt: this.#context.clock.now() };
    secret.versions.push(version);
    for (const stage of secret.versions.length === 1 ? [CURRENT, ...stages] : stages) {
      moveStage(secret, stage, version);
    }
    // What no stage holds is deprecated, and goes.
    secret.versions = secret.versions.filter((candidate) => candidate.stages.length > 0);
    this.changed(secret);
    return version;
  }

  changed(secret: Secret): void {
    secret.changedAt = this.#context.clock.now();
    this.save();
  }

  remove(secret: Secret): void {
    this.#secrets = this.#secrets.filter((candidate) => candidate !== secret);
    this.save();
  }

  save(): void {
    this.#file.save(this.#secrets);
  }
}

const RANDOM_LENGTH = 6;

/** What IAM is asked about; a secret that is not there is called by its name. */
export function resourceArn(store: SecretStore, secretId: string): string {
  return store.find(secretId)?.arn ?? secretId;
}

/** @throws AwsError ResourceNotFoundException, InvalidRequestException */
export function versionOf(secret: Secret, wanted: { stage?: string; id?: string } = {}): SecretVersion {
  if (secret.deletionAt !== undefined) {
    throw new AwsError(
      "InvalidRequestException",
      "You can't perform this operation on the secret because it was marked for deletion.",
    );
  }
  const stage = wanted.stage ?? (wanted.id === undefined ? CURRENT : undefined);
  const version = secret.versions.find(
    (candidate) =>
      (wanted.id === undefined || candidate.id === wanted.id) &&
      (stage === undefined || candidate.stages.includes(stage)),
  );
  if (version !== undefined) return version;
  const what = stage === undefined ? `VersionId: ${wanted.id}` : `staging label: ${stage}`;
  throw new AwsError(
    "ResourceNotFoundException",
    `Secrets Manager can't find the specified secret value for ${what}`,
  );
}

/** A stage is on one version at a time; who had been current is previous then. */
function moveStage(secret: Secret, stage: string, to: SecretVersion): void {
  const from = secret.versions.find(({ stages }) => stages.includes(stage));
  if (from === to) return;
  if (from !== undefined) from.stages = from.stages.filter((candidate) => candidate !== stage);
  to.stages.push(stage);
  if (stage === CURRENT && from !== undefined) moveStage(secret, PREVIOUS, from);
}

function randomSuffix(): string {
  return randomBytes(16)
    .toString("base64")
    .replaceAll(/[^A-Za-z0-9]/g, "")
    .slice(0, RANDOM_LENGTH)
    .padEnd(RANDOM_LENGTH, "x");
}
