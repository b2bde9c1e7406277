import type { CloudContext, SecretReader } from "../context/cloud-context.ts";
import { AwsError } from "../gateway/aws-error.ts";
import { inputCheck } from "../gateway/constraints/input-check.ts";
import { jsonProtocol } from "../gateway/json-protocol.ts";
import type { LocalService } from "../gateway/service.ts";
import { secretOperations } from "./secret-operations.ts";
import { secretResource } from "./secret-resource.ts";
import { SecretStore, versionOf } from "./secret-store.ts";
import { valueOperations } from "./value-operations.ts";

/** Secrets Manager, without rotation and replicas. */
export function createSecretsService(context: CloudContext): LocalService & SecretReader {
  const store = new SecretStore(context);
  return {
    name: "secrets",
    signingNames: ["secretsmanager"],
    handle: jsonProtocol({
      version: "1.1",
      service: "Secrets Manager",
      check: inputCheck("secretsmanager"),
      operations: { ...secretOperations(context, store), ...valueOperations(store) },
    }),
    resources: [secretResource(store)],
    secretString(secretId, version) {
      const { text } = versionOf(store.get(secretId), version);
      if (text !== undefined) return text;
      throw new AwsError("InvalidRequestException", `The secret ${secretId} is binary.`);
    },
    arnOf: (secretId) => store.find(secretId)?.arn,
  };
}
