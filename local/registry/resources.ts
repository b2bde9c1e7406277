import type { Properties, ResourceProvider, ResourceState } from "../cloudformation/resource-provider.ts";
import type { RepositoryStore } from "./repository-store.ts";

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repository.html */
export function repositoryResource(store: RepositoryStore): ResourceProvider {
  return {
    type: "AWS::ECR::Repository",
    properties: {
      EmptyOnDelete: "recorded",
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
      return write(store, name, properties);
    },
    async update(state, properties) {
      return write(store, state.physicalId, properties);
    },
    async delete(state) {
      store.delete(state.physicalId);
    },
  };
}

function write(store: RepositoryStore, name: string, properties: Properties): ResourceState {
  const scanning = properties["ImageScanningConfiguration"] as { ScanOnPush?: unknown } | undefined;
  store.put(name, {
    tagMutability: String(properties["ImageTagMutability"] ?? "MUTABLE"),
    scanOnPush: String(scanning?.ScanOnPush) === "true",
  });
  return { physicalId: name, attributes: { Arn: store.arnOf(name), RepositoryUri: store.uriOf(name) } };
}
