import type { CloudContext } from "../context/cloud-context.ts";
import { AwsError } from "../gateway/aws-error.ts";
import { jsonProtocol, type JsonOperation } from "../gateway/json-protocol.ts";
import type { LocalService } from "../gateway/service.ts";
import { RepositoryStore, type Repository } from "./repository-store.ts";
import { repositoryResource } from "./resources.ts";

/** ECR as far as deploying asks for it: repositories by name. */
export function createRegistryService(context: CloudContext): LocalService {
  const store = new RepositoryStore(context);
  return {
    name: "registry",
    signingNames: ["ecr"],
    handle: jsonProtocol({
      version: "1.1",
      service: "ECR",
      operations: {
        CreateRepository: createRepository(store),
        DeleteRepository: deleteRepository(store, context),
        DescribeRepositories: describeRepositories(store, context),
      },
    }),
    resources: [repositoryResource(store)],
  };
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html */
function createRepository(store: RepositoryStore): JsonOperation {
  return async (input, request) => {
    const name = nameIn(input);
    request.authorize("ecr:CreateRepository", store.arnOf(name));
    if (store.has(name)) {
      throw new AwsError(
        "RepositoryAlreadyExistsException",
        `The repository with name '${name}' already exists`,
      );
    }
    const scanning = input["imageScanningConfiguration"];
    const scanOnPush =
      typeof scanning === "object" &&
      scanning !== null &&
      "scanOnPush" in scanning &&
      scanning.scanOnPush === true;
    const tagMutability = input["imageTagMutability"];
    const settings = {
      tagMutability: typeof tagMutability === "string" ? tagMutability : "MUTABLE",
      scanOnPush,
    };
    return { repository: described(store, store.put(name, settings)) };
  };
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRepository.html */
function deleteRepository(store: RepositoryStore, { accountId }: CloudContext): JsonOperation {
  return async (input, request) => {
    const name = nameIn(input);
    request.authorize("ecr:DeleteRepository", store.arnOf(name));
    const repository = store.get(name);
    store.delete(name);
    return { repository: { ...described(store, repository), registryId: accountId } };
  };
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRepositories.html */
function describeRepositories(store: RepositoryStore, { accountId }: CloudContext): JsonOperation {
  return async (input, request) => {
    const names = input["repositoryNames"];
    const wanted = Array.isArray(names) ? names.map(String) : undefined;
    for (const arn of wanted?.map((name) => store.arnOf(name)) ?? ["*"])
      request.authorize("ecr:DescribeRepositories", arn);
    const repositories = wanted?.map((name) => store.get(name)) ?? store.all();
    return {
      repositories: repositories.map((repository) => ({
        ...described(store, repository),
        registryId: accountId,
      })),
    };
  };
}

function described(store: RepositoryStore, repository: Repository): Record<string, unknown> {
  return {
    repositoryArn: store.arnOf(repository.name),
    repositoryName: repository.name,
    repositoryUri: store.uriOf(repository.name),
    createdAt: repository.createdAt / 1000,
    imageTagMutability: repository.tagMutability,
    imageScanningConfiguration: { scanOnPush: repository.scanOnPush },
    encryptionConfiguration: { encryptionType: "AES256" },
  };
}

/** @throws AwsError InvalidParameterException */
function nameIn(input: Readonly<Record<string, unknown>>): string {
  const name = input["repositoryName"];
  if (typeof name === "string" && name !== "") return name;
  throw new AwsError(
    "InvalidParameterException",
    "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must not be null'",
  );
}
