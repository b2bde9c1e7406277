import { join } from "node:path";
import type { CloudContext } from "../../context/cloud-context.ts";
import { StateFile } from "../../context/state-file.ts";
import { AwsError } from "../../gateway/aws-error.ts";

export interface RepositoryTag {
  readonly Key: string;
  readonly Value: string;
}

export interface Repository {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly tagMutability: string;
  readonly scanOnPush: boolean;
  /** JSON as given; it is kept and not acted upon. */
  readonly lifecyclePolicy?: string;
  readonly tags?: readonly RepositoryTag[];
}

/** The repositories of the account's registry, without what is in them. */
export class RepositoryStore {
  readonly #context: CloudContext;
  readonly #file: StateFile<Repository[]>;
  readonly #repositories: Map<string, Repository>;

  constructor(context: CloudContext) {
    this.#context = context;
    this.#file = new StateFile(join(context.dataDir, "registry", "repositories.json"));
    this.#repositories = new Map(this.#file.load([]).map((repository) => [repository.name, repository]));
  }

  all(): Repository[] {
    return [...this.#repositories.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws AwsError RepositoryNotFoundException */
  get(name: string): Repository {
    const repository = this.#repositories.get(name);
    if (repository !== undefined) return repository;
    throw new AwsError("RepositoryNotFoundException", this.notFound(name));
  }

  notFound(name: string): string {
    return `The repository with name '${name}' does not exist in the registry with id '${this.#context.accountId}'`;
  }

  has(name: string): boolean {
    return this.#repositories.has(name);
  }

  /** Makes the repository, or changes what is given. @throws AwsError InvalidParameterException */
  put(name: string, settings: Partial<Omit<Repository, "name" | "createdAt">>): Repository {
    // https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
    if (!/^(?=.{2,256}$)[a-z0-9]+(?:[._-][a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-][a-z0-9]+)*)*$/.test(name)) {
      throw new AwsError(
        "InvalidParameterException",
        `Invalid parameter at 'repositoryName' failed to satisfy constraint: '${name}'`,
      );
    }
    const known = this.#repositories.get(name) ?? {
      name,
      createdAt: this.#context.clock.now(),
      tagMutability: "MUTABLE",
      scanOnPush: false,
    };
    const repository = { ...known, ...settings };
    this.#repositories.set(name, repository);
    this.#file.save(this.all());
    return repository;
  }

  delete(name: string): void {
    this.#repositories.delete(name);
    this.#file.save(this.all());
  }

  arnOf(name: string): string {
    return `arn:aws:ecr:${this.#context.region}:${this.#context.accountId}:repository/${name}`;
  }

  /** Where an engine of this machine finds it; in AWS it is a host of the account's own. */
  uriOf(name: string): string {
    return `${new URL(this.#context.endpoint).host}/${name}`;
  }
}
