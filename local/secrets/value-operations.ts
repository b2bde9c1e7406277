import { z } from "zod";
import type { JsonOperation } from "../gateway/json-protocol.ts";
import { passwordRules, randomPassword } from "./random-password.ts";
import { givenValue, refuseDeleted } from "./given-value.ts";
import { resourceArn, type Secret, type SecretStore, type SecretVersion, versionOf } from "./secret-store.ts";

const wanted = z.object({
  SecretId: z.string(),
  VersionId: z.string().optional(),
  VersionStage: z.string().optional(),
});
const put = z.object({
  SecretId: z.string(),
  SecretString: z.string().optional(),
  SecretBinary: z.string().optional(),
  ClientRequestToken: z.string().optional(),
  VersionStages: z.array(z.string()).optional(),
});

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html and its siblings */
export function valueOperations(store: SecretStore): Readonly<Record<string, JsonOperation>> {
  return {
    async GetSecretValue(body, request) {
      const { SecretId, VersionId: id, VersionStage: stage } = wanted.parse(body);
      request.authorize("secretsmanager:GetSecretValue", resourceArn(store, SecretId));
      const secret = store.get(SecretId);
      const version = versionOf(secret, {
        ...(id === undefined ? {} : { id }),
        ...(stage === undefined ? {} : { stage }),
      });
      return {
        ...named(secret, version),
        ...(version.text === undefined ? {} : { SecretString: version.text }),
        ...(version.base64 === undefined ? {} : { SecretBinary: version.base64 }),
        CreatedDate: version.createdAt / 1000,
      };
    },

    async PutSecretValue(body, request) {
      const { SecretId, ClientRequestToken: token, VersionStages: stages, ...value } = put.parse(body);
      request.authorize("secretsmanager:PutSecretValue", resourceArn(store, SecretId));
      const secret = store.get(SecretId);
      refuseDeleted(secret);
      const version = store.addVersion(secret, givenValue(value), token, stages);
      return named(secret, version);
    },

    async GetRandomPassword(body, request) {
      request.authorize("secretsmanager:GetRandomPassword", "*");
      return { RandomPassword: randomPassword(passwordRules.parse(body)) };
    },
  };
}

function named(secret: Secret, version: SecretVersion): Record<string, unknown> {
  return { ARN: secret.arn, Name: secret.name, VersionId: version.id, VersionStages: version.stages };
}
