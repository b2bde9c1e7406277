import { z } from "zod";
import type { CloudContext } from "../context/cloud-context.ts";
import { AwsError } from "../gateway/aws-error.ts";
import type { JsonOperation } from "../gateway/json-protocol.ts";
import { givenValue, refuseDeleted } from "./given-value.ts";
import { resourceArn, type Secret, type SecretStore } from "./secret-store.ts";

const DAY_MS = 86_400_000;
const tags = z.array(z.object({ Key: z.string(), Value: z.string().default("") }));
const byId = z.object({ SecretId: z.string() });
const value = { SecretString: z.string().optional(), SecretBinary: z.string().optional() };
const settings = {
  Description: z.string().optional(),
  KmsKeyId: z.string().optional(),
  ClientRequestToken: z.string().optional(),
  ...value,
};
const created = z.object({ Name: z.string(), Tags: tags.default([]), ...settings });
const updated = byId.extend(settings);
const deleted = byId.extend({
  RecoveryWindowInDays: z.int().optional(),
  ForceDeleteWithoutRecovery: z.boolean().default(false),
});
const listed = z.object({ MaxResults: z.int().default(100), NextToken: z.string().optional() });

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html and its siblings */
export function secretOperations(
  context: CloudContext,
  store: SecretStore,
): Readonly<Record<string, JsonOperation>> {
  return {
    async CreateSecret(body, request) {
      const { Name, Tags, ...given } = created.parse(body);
      request.authorize("secretsmanager:CreateSecret", `${arnPrefix(context)}${Name}-??????`);
      if (!/^[\w/+=.@-]{1,512}$/.test(Name)) {
        throw new AwsError(
          "ValidationException",
          "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
        );
      }
      const secret = store.create(Name);
      secret.tags = Object.fromEntries(Tags.map((tag) => [tag.Key, tag.Value]));
      return change(store, secret, given);
    },

    async UpdateSecret(body, request) {
      const { SecretId, ...given } = updated.parse(body);
      request.authorize("secretsmanager:UpdateSecret", resourceArn(store, SecretId));
      const secret = store.get(SecretId);
      refuseDeleted(secret);
      return change(store, secret, given);
    },

    async DeleteSecret(body, request) {
      const {
        SecretId,
        RecoveryWindowInDays: days = 30,
        ForceDeleteWithoutRecovery: force,
      } = deleted.parse(body);
      request.authorize("secretsmanager:DeleteSecret", resourceArn(store, SecretId));
      if (days < 7 || days > 30) {
        throw new AwsError(
          "InvalidParameterException",
          "RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
        );
      }
      if (force && (body as { RecoveryWindowInDays?: number }).RecoveryWindowInDays !== undefined) {
        throw new AwsError(
          "InvalidParameterException",
          "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
        );
      }
      const secret = store.get(SecretId);
      const deletionAt = context.clock.now() + (force ? 0 : days * DAY_MS);
      if (force) store.remove(secret);
      else {
        refuseDeleted(secret);
        secret.deletionAt = deletionAt;
        store.save();
      }
      return { ARN: secret.arn, Name: secret.name, DeletionDate: deletionAt / 1000 };
    },

    async RestoreSecret(body, request) {
      const { SecretId } = byId.parse(body);
      request.authorize("secretsmanager:RestoreSecret", resourceArn(store, SecretId));
      const secret = store.get(SecretId);
      delete secret.deletionAt;
      store.save();
      return { ARN: secret.arn, Name: secret.name };
    },

    async DescribeSecret(body, request) {
      const { SecretId } = byId.parse(body);
      request.authorize("secretsmanager:DescribeSecret", resourceArn(store, SecretId));
      return described(store.get(SecretId), "VersionIdsToStages");
    },

    async ListSecrets(body, request) {
      const { MaxResults, NextToken } = listed.parse(body);
      request.authorize("secretsmanager:ListSecrets", "*");
      const living = store.all().filter(({ deletionAt }) => deletionAt === undefined);
      const start = Number(NextToken ?? 0);
      const end = start + MaxResults;
      return {
        SecretList: living.slice(start, end).map((secret) => described(secret, "SecretVersionsToStages")),
        ...(end < living.length ? { NextToken: String(end) } : {}),
      };
    },

    async TagResource(body, request) {
      const { SecretId, Tags } = byId.extend({ Tags: tags }).parse(body);
      request.authorize("secretsmanager:TagResource", resourceArn(store, SecretId));
      const secret = store.get(SecretId);
      for (const tag of Tags) secret.tags[tag.Key] = tag.Value;
      store.save();
      return {};
    },

    async UntagResource(body, request) {
      const { SecretId, TagKeys } = byId.extend({ TagKeys: z.array(z.string()) }).parse(body);
      request.authorize("secretsmanager:UntagResource", resourceArn(store, SecretId));
      const secret = store.get(SecretId);
      for (const key of TagKeys) delete secret.tags[key];
      store.save();
      return {};
    },
  };
}

function arnPrefix({ region, accountId }: CloudContext): string {
  return `arn:aws:secretsmanager:${region}:${accountId}:secret:`;
}

function change(
  store: SecretStore,
  secret: Secret,
  given: {
    Description?: string | undefined;
    KmsKeyId?: string | undefined;
    ClientRequestToken?: string | undefined;
    SecretString?: string | undefined;
    SecretBinary?: string | undefined;
  },
): Record<string, unknown> {
  if (given.Description !== undefined) secret.description = given.Description;
  if (given.KmsKeyId !== undefined) secret.kmsKeyId = given.KmsKeyId;
  const named = { ARN: secret.arn, Name: secret.name };
  store.changed(secret);
  if (given.SecretString === undefined && given.SecretBinary === undefined) return named;
  return { ...named, VersionId: store.addVersion(secret, givenValue(given), given.ClientRequestToken).id };
}

function described(secret: Secret, stagesMember: string): Record<string, unknown> {
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description,
    KmsKeyId: secret.kmsKeyId,
    CreatedDate: secret.createdAt / 1000,
    LastChangedDate: secret.changedAt / 1000,
    ...(secret.deletionAt === undefined ? {} : { DeletedDate: secret.deletionAt / 1000 }),
    Tags: Object.entries(secret.tags).map(([Key, Value]) => ({ Key, Value })),
    [stagesMember]: Object.fromEntries(secret.versions.map(({ id, stages }) => [id, stages])),
  };
}
