import { AwsError } from "../../gateway/aws-error.ts";
import type { JsonOperation } from "../../gateway/json-protocol.ts";
import type { Registry } from "../registry.ts";
import type { Repository, RepositoryTag } from "../state/repository-store.ts";
import { listIn, pageOf, repositoryNameIn, textIn } from "./input.ts";

export function repositoryOperations(registry: Registry): Record<string, JsonOperation> {
  const { repositories: store, images, context } = registry;
  const described = (repository: Repository): Record<string, unknown> => ({
    registryId: context.accountId,
    repositoryArn: store.arnOf(repository.name),
    repositoryName: repository.name,
    repositoryUri: store.uriOf(repository.name),
    createdAt: repository.createdAt / 1000,
    imageTagMutability: repository.tagMutability,
    imageScanningConfiguration: { scanOnPush: repository.scanOnPush },
    encryptionConfiguration: { encryptionType: "AES256" },
  });
  return {
    /** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html */
    async CreateRepository(input, request) {
      const name = repositoryNameIn(input);
      request.authorize("ecr:CreateRepository", store.arnOf(name));
      if (store.has(name)) {
        throw new AwsError(
          "RepositoryAlreadyExistsException",
          `The repository with name '${name}' already exists in the registry with id '${context.accountId}'`,
        );
      }
      const scanning = input["imageScanningConfiguration"] as { scanOnPush?: unknown } | undefined;
      const repository = store.put(name, {
        tagMutability: mutabilityIn(input),
        scanOnPush: scanning?.scanOnPush === true,
        tags: listIn(input, "tags") as RepositoryTag[],
      });
      return { repository: described(repository) };
    },

    /** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRepository.html */
    async DeleteRepository(input, request) {
      const name = repositoryNameIn(input);
      request.authorize("ecr:DeleteRepository", store.arnOf(name));
      const repository = store.get(name);
      if (input["force"] !== true && images.images(name).length > 0) {
        throw new AwsError(
          "RepositoryNotEmptyException",
          `The repository with name '${name}' in registry with id '${context.accountId}' cannot be deleted because it still contains images`,
        );
      }
      await images.removeAll(name);
      store.delete(name);
      return { repository: described(repository) };
    },

    /** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRepositories.html */
    async DescribeRepositories(input, request) {
      const wanted = listIn(input, "repositoryNames").map(String);
      for (const arn of wanted.length === 0 ? ["*"] : wanted.map((name) => store.arnOf(name)))
        request.authorize("ecr:DescribeRepositories", arn);
      const all = wanted.length === 0 ? store.all() : wanted.map((name) => store.get(name));
      const { items, ...next } = pageOf(all, input);
      return { repositories: items.map(described), ...next };
    },

    /** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImageTagMutability.html */
    async PutImageTagMutability(input, request) {
      const { name } = store.get(repositoryNameIn(input));
      request.authorize("ecr:PutImageTagMutability", store.arnOf(name));
      const { tagMutability } = store.put(name, { tagMutability: mutabilityIn(input) });
      return { registryId: context.accountId, repositoryName: name, imageTagMutability: tagMutability };
    },

    /** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListTagsForResource.html */
    async ListTagsForResource(input, request) {
      const arn = textIn(input, "resourceArn");
      request.authorize("ecr:ListTagsForResource", arn);
      return { tags: store.get(arn.slice(arn.indexOf("/") + 1)).tags ?? [] };
    },
  };
}

/** @throws AwsError InvalidParameterException */
function mutabilityIn(input: Readonly<Record<string, unknown>>): string {
  const value = input["imageTagMutability"] ?? "MUTABLE";
  if (value === "MUTABLE" || value === "IMMUTABLE") return value;
  throw new AwsError(
    "InvalidParameterException",
    `The local cloud knows the tag mutabilities MUTABLE and IMMUTABLE, not '${JSON.stringify(value)}'`,
  );
}
