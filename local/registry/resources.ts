import type { Properties, ResourceProvider, ResourceState } from "../cloudformation/resource-provider.ts";
import { AwsError } from "../gateway/aws-error.ts";
import type { Registry } from "./registry.ts";

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repository.html */
export function repositoryResource(registry: Registry): ResourceProvider {
  return {
    type: "AWS::ECR::Repository",
    properties: {
      EmptyOnDelete: "update",
      EncryptionConfiguration: "replace",
      ImageScanningConfiguration: "update",
      ImageTagMutability: "update",
      LifecyclePolicy: "recorded",
      RepositoryName: "replace",
      RepositoryPolicyText: "recorded",
      Tags: "recorded",
    },
    async create(properties, context) {
      const given = properties["RepositoryName"];
      const name =
        typeof given === "string" ? given : context.generateName({ maxLength: 256, lowercase: true });
      return write(registry, name, properties);
    },
    async update(state, properties) {
      return write(registry, state.physicalId, properties);
    },
    async delete(state, properties) {
      const name = state.physicalId;
      if (String(properties["EmptyOnDelete"]) !== "true" && registry.images.images(name).length > 0) {
        throw new AwsError(
          "RepositoryNotEmptyException",
          `The repository with name '${name}' cannot be deleted because it still contains images`,
        );
      }
      await registry.images.removeAll(name);
      registry.repositories.delete(name);
    },
  };
}

function write({ repositories }: Registry, name: string, properties: Properties): ResourceState {
  const scanning = properties["ImageScanningConfiguration"] as { ScanOnPush?: unknown } | undefined;
  repositories.put(name, {
    tagMutability: String(properties["ImageTagMutability"] ?? "MUTABLE"),
    scanOnPush: String(scanning?.ScanOnPush) === "true",
  });
  return {
    physicalId: name,
    attributes: { Arn: repositories.arnOf(name), RepositoryUri: repositories.uriOf(name) },
  };
}
