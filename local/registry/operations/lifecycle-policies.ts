import { AwsError } from "../../gateway/aws-error.ts";
import type { JsonOperation } from "../../gateway/json-protocol.ts";
import type { Registry } from "../registry.ts";
import { repositoryNameIn, textIn } from "./input.ts";

/** Policies are kept and told; nothing expires by them here. */
export function lifecyclePolicyOperations({
  repositories,
  context,
}: Registry): Record<string, JsonOperation> {
  const policyOf = (name: string): string => {
    const { lifecyclePolicy } = repositories.get(name);
    if (lifecyclePolicy !== undefined) return lifecyclePolicy;
    throw new AwsError(
      "LifecyclePolicyNotFoundException",
      `Lifecycle policy does not exist for the repository with name '${name}' in the registry with id '${context.accountId}'`,
    );
  };
  const answer = (repositoryName: string, lifecyclePolicyText: string): object => ({
    registryId: context.accountId,
    repositoryName,
    lifecyclePolicyText,
  });
  return {
    /** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutLifecyclePolicy.html */
    async PutLifecyclePolicy(input, request) {
      const { name } = repositories.get(repositoryNameIn(input));
      request.authorize("ecr:PutLifecyclePolicy", repositories.arnOf(name));
      const lifecyclePolicy = textIn(input, "lifecyclePolicyText");
      if (!hasRules(lifecyclePolicy)) {
        throw new AwsError(
          "InvalidParameterException",
          "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: no rules'",
        );
      }
      repositories.put(name, { lifecyclePolicy });
      return answer(name, lifecyclePolicy);
    },

    /** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetLifecyclePolicy.html */
    async GetLifecyclePolicy(input, request) {
      const { name } = repositories.get(repositoryNameIn(input));
      request.authorize("ecr:GetLifecyclePolicy", repositories.arnOf(name));
      return answer(name, policyOf(name));
    },
  };
}

function hasRules(text: string): boolean {
  try {
    const { rules } = JSON.parse(text) as { rules?: unknown };
    return Array.isArray(rules) && rules.length > 0;
  } catch {
    return false;
  }
}
