import { z } from "zod";
import type { Properties, ResourceProvider, ResourceState } from "../cloudformation/resource-provider.ts";
import { AwsError } from "../gateway/aws-error.ts";
import { passwordRules, randomPassword } from "./random-password.ts";
import type { Secret, SecretStore } from "./secret-store.ts";

const generated = passwordRules.extend({
  SecretStringTemplate: z.string().optional(),
  GenerateStringKey: z.string().optional(),
});

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html */
export function secretResource(store: SecretStore): ResourceProvider {
  const describe = (secret: Secret, properties: Properties): ResourceState => {
    const { Description: description, KmsKeyId: key, Tags: tags } = properties;
    if (typeof description === "string") secret.description = description;
    if (typeof key === "string") secret.kmsKeyId = key;
    secret.tags = Object.fromEntries(
      ((tags ?? []) as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]),
    );
    store.changed(secret);
    return { physicalId: secret.arn, attributes: { Id: secret.arn } };
  };
  return {
    type: "AWS::SecretsManager::Secret",
    properties: {
      Description: "update",
      GenerateSecretString: "update",
      KmsKeyId: "update",
      Name: "replace",
      ReplicaRegions: "recorded",
      SecretString: "update",
      Tags: "update",
      Type: "recorded",
    },
    async create(properties, context) {
      const { Name: given } = properties;
      const name = typeof given === "string" ? given : context.generateName({ maxLength: 512 });
      // A creation that was cut off is done again.
      const secret = store.find(name) ?? store.create(name);
      const text = textOf(properties);
      if (text !== undefined) store.addVersion(secret, { text });
      return describe(secret, properties);
    },
    async update(state, properties, previous) {
      const secret = store.get(state.physicalId);
      // A generated value stays until its rules change.
      const changed = ["SecretString", "GenerateSecretString"].some(
        (name) => JSON.stringify(properties[name]) !== JSON.stringify(previous[name]),
      );
      const text = changed ? textOf(properties) : undefined;
      if (text !== undefined) store.addVersion(secret, { text });
      return describe(secret, properties);
    },
    async delete(state) {
      const secret = store.find(state.physicalId);
      if (secret !== undefined) store.remove(secret);
    },
  };
}

/** @throws AwsError InvalidParameterException, InvalidRequestException */
function textOf(properties: Properties): string | undefined {
  const { SecretString: text, GenerateSecretString: rules } = properties;
  if (text !== undefined && rules !== undefined) {
    throw new AwsError(
      "InvalidRequestException",
      "You can't specify both SecretString and GenerateSecretString.",
    );
  }
  if (rules === undefined) return text === undefined ? undefined : String(text);
  const { SecretStringTemplate: template, GenerateStringKey: key, ...given } = generated.parse(rules);
  const password = randomPassword(given);
  if (template === undefined && key === undefined) return password;
  try {
    if (template !== undefined && key !== undefined) {
      return JSON.stringify({ ...(JSON.parse(template) as object), [key]: password });
    }
  } catch {
    // told below
  }
  throw new AwsError(
    "InvalidParameterException",
    "SecretStringTemplate must be a JSON object, and GenerateStringKey be there with it.",
  );
}
