import { randomUUID } from "node:crypto";
import { AwsError } from "../gateway/aws-error.ts";
import type { StoredCode } from "./code-store.ts";
import type { FunctionConfiguration, FunctionRecord } from "./function-record.ts";
import { invalidParameter, text, type Input } from "./input.ts";
import { storePackage } from "./package-source.ts";
import type { FunctionParts } from "./parts.ts";
import { readSettings, type FunctionSettings } from "./settings.ts";

/** How functions come to be, change and go: the same for the API and for CloudFormation. */

/** @throws AwsError ResourceConflictException, InvalidParameterValueException */
export async function createFunction(
  parts: FunctionParts,
  name: string,
  input: Input,
  options: { code: Input; tags: Readonly<Record<string, string>> },
): Promise<FunctionRecord> {
  if (parts.store.find(name) !== undefined) {
    throw new AwsError("ResourceConflictException", `Function already exist: ${name}`, 409, { Type: "User" });
  }
  const settings = readSettings(name, input);
  checkRole(parts, settings);
  const code = await storePackage(parts, options.code);
  const record: FunctionRecord = {
    latest: configurationOf(parts, name, settings, code),
    versions: [],
    aliases: {},
    statements: {},
    eventInvokeConfigs: {},
    tags: options.tags,
  };
  parts.store.put(record);
  return record;
}

/** @throws AwsError ResourceNotFoundException, PreconditionFailedException */
export async function updateCode(
  parts: FunctionParts,
  name: string,
  input: Input,
): Promise<FunctionConfiguration> {
  const { latest } = parts.store.get(name);
  checkRevision(latest, input);
  const code = await storePackage(parts, input);
  // What happened while the package was fetched counts.
  const record = parts.store.get(name);
  return replaceLatest(parts, record, configurationOf(parts, name, record.latest, code));
}

/** @throws AwsError ResourceNotFoundException, PreconditionFailedException */
export function updateSettings(parts: FunctionParts, name: string, input: Input): FunctionConfiguration {
  const record = parts.store.get(name);
  checkRevision(record.latest, input);
  const settings = readSettings(name, input, record.latest);
  checkRole(parts, settings);
  const code = { sha256: record.latest.codeSha256, size: record.latest.codeSize };
  return replaceLatest(parts, record, configurationOf(parts, name, settings, code));
}

/** A version is published only where something changed since the last one. */
export function publishVersion(parts: FunctionParts, name: string, input: Input): FunctionConfiguration {
  const record = parts.store.get(name);
  checkRevision(record.latest, input);
  const sha256 = text(input, "CodeSha256");
  if (sha256 !== undefined && sha256 !== record.latest.codeSha256) {
    throw invalidParameter(
      `CodeSHA256 (${sha256}) is different from current CodeSHA256 in $LATEST (${record.latest.codeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
    );
  }
  const last = record.versions.at(-1);
  if (last !== undefined && fingerprint(last) === fingerprint(record.latest)) return last;
  const version: FunctionConfiguration = {
    ...record.latest,
    version: String(Number(last?.version ?? "0") + 1),
    description: text(input, "Description") ?? record.latest.description,
    revisionId: randomUUID(),
  };
  parts.store.put({ ...record, versions: [...record.versions, version] });
  return version;
}

/** Ends its environments too; a running invocation finishes. */
export function deleteFunction(parts: FunctionParts, name: string): void {
  parts.store.remove(name);
  parts.pool.retire(name);
}

function replaceLatest(
  parts: FunctionParts,
  record: FunctionRecord,
  latest: FunctionConfiguration,
): FunctionConfiguration {
  parts.store.put({ ...record, latest });
  parts.pool.retire(latest.name);
  return latest;
}

function configurationOf(
  parts: FunctionParts,
  name: string,
  settings: FunctionSettings,
  code: StoredCode,
): FunctionConfiguration {
  return {
    ...settings,
    name,
    version: "$LATEST",
    codeSha256: code.sha256,
    codeSize: code.size,
    lastModified: new Date(parts.context.clock.now()).toISOString().replace("Z", "+0000"),
    revisionId: randomUUID(),
  };
}

function checkRevision(latest: FunctionConfiguration, input: Input): void {
  const expected = text(input, "RevisionId");
  if (expected === undefined || expected === latest.revisionId) return;
  throw new AwsError(
    "PreconditionFailedException",
    "The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API to retrieve the latest RevisionId",
    412,
    { Type: "User" },
  );
}

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html */
function checkRole({ context }: FunctionParts, settings: FunctionSettings): void {
  if (context.identity.isTrustedBy(settings.role, "lambda.amazonaws.com") !== true) {
    throw invalidParameter("The role defined for the function cannot be assumed by Lambda.");
  }
  if (settings.deadLetterArn === undefined) return;
  const action = settings.deadLetterArn.includes(":sqs:") ? "sqs:SendMessage" : "sns:Publish";
  if (!context.identity.roleAllowed(settings.role, action, settings.deadLetterArn)) {
    const [service, operation] = action.split(":");
    throw invalidParameter(
      `The provided execution role does not have permissions to call ${operation} on ${service?.toUpperCase()}`,
    );
  }
}

/** What makes a version differ from the one before. */
function fingerprint(configuration: FunctionConfiguration): string {
  const {
    version: _version,
    revisionId: _revision,
    lastModified: _modified,
    description: _description,
    ...rest
  } = configuration;
  return JSON.stringify(rest);
}
