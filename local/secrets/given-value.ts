import { AwsError } from "../gateway/aws-error.ts";
import type { Secret } from "./secret-store.ts";

/** @throws AwsError InvalidParameterException where there is no value, or two of them */
export function givenValue(value: { SecretString?: string | undefined; SecretBinary?: string | undefined }): {
  text?: string;
  base64?: string;
} {
  const { SecretString: text, SecretBinary: base64 } = value;
  if (text !== undefined && base64 === undefined) return { text };
  if (base64 !== undefined && text === undefined) return { base64 };
  throw new AwsError(
    "InvalidParameterException",
    text === undefined
      ? "You must provide either SecretString or SecretBinary."
      : "You can't specify both a binary secret value and a string secret value in the same secret.",
  );
}

/** @throws AwsError InvalidRequestException */
export function refuseDeleted(secret: Secret): void {
  if (secret.deletionAt === undefined) return;
  throw new AwsError(
    "InvalidRequestException",
    "You can't perform this operation on the secret because it was marked for deletion.",
  );
}
