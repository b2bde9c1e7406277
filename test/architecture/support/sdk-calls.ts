import { join } from "node:path";
import { build } from "esbuild";

const ROOT = join(import.meta.dirname, "..", "..", "..");

/** IAM's name of a service by the SDK's package. */
const SERVICES: Readonly<Record<string, string>> = {
  "client-dynamodb": "dynamodb",
  "lib-dynamodb": "dynamodb",
  "client-s3": "s3",
  "lib-storage": "s3",
  "client-sqs": "sqs",
  "client-sns": "sns",
  "client-ecs": "ecs",
  "client-eventbridge": "events",
  "client-cloudwatch-logs": "logs",
};

/** Actions that IAM asks for where the command has another name; the document client's are those without "Item". */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  "dynamodb:BatchGet": ["dynamodb:BatchGetItem"],
  "dynamodb:Delete": ["dynamodb:DeleteItem"],
  "dynamodb:Get": ["dynamodb:GetItem"],
  "dynamodb:Put": ["dynamodb:PutItem"],
  "dynamodb:Update": ["dynamodb:UpdateItem"],
  // Ours name the version that they read.
  "s3:GetObject": ["s3:GetObject", "s3:GetObjectVersion"],
  "s3:HeadObject": ["s3:GetObject", "s3:GetObjectVersion"],
  // A bucket's ListBucket is what tells a missing object from a forbidden one.
  "s3:ListObjectVersions": ["s3:ListBucketVersions", "s3:ListBucket"],
  "s3:ListObjectsV2": ["s3:ListBucket"],
  "sqs:ChangeMessageVisibilityBatch": ["sqs:ChangeMessageVisibility"],
  "sqs:DeleteMessageBatch": ["sqs:DeleteMessage"],
  "sqs:SendMessageBatch": ["sqs:SendMessage"],
  "ecs:RunTask": ["ecs:RunTask", "ecs:TagResource", "iam:PassRole"],
  // The topic is encrypted with a key of ours.
  "sns:Publish": ["sns:Publish", "kms:Decrypt", "kms:GenerateDataKey"],
};

/** One command of the SDK, e.g. "ecs:RunTask", and the actions that IAM asks for it. */
export interface SdkCall {
  readonly command: string;
  readonly actions: readonly string[];
}

/** The SDK commands in what one entry point bundles: what nobody uses is shaken off, as it is for a deploy. */
export async function sdkCalls(entry: string): Promise<SdkCall[]> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, entry)],
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    outdir: ROOT,
    platform: "node",
    format: "esm",
    packages: "external",
  });
  const calls = outputFiles.flatMap(({ text }) => callsIn(text));
  return [...new Map(calls.map((call) => [call.command, call])).values()];
}

/**
 * The commands, and the paginators of commands, that a bundled program uses.
 * @throws Error where one is of a package that this file does not know
 */
export function callsIn(program: string): SdkCall[] {
  const imports = [...program.matchAll(/import \{([^}]*)\} from "@aws-sdk\/([\w-]+)"/g)];
  return imports.flatMap(([, names = "", library = ""]) =>
    names.split(",").flatMap((name) => {
      const [, original = "", alias = original] = /^\s*(\w+)(?: as (\w+))?\s*$/.exec(name) ?? [];
      const [, command, paged] = /^(?:(\w+)Command|paginate(\w+))$/.exec(original) ?? [];
      const called = command ?? paged;
      if (called === undefined || !isUsed(alias, program)) return [];
      const service = SERVICES[library];
      if (service === undefined)
        throw new Error(`@aws-sdk/${library} is called, and sdk-calls.ts does not know it.`);
      const key = `${service}:${called}`;
      return [{ command: key, actions: ACTIONS[key] ?? [key] }];
    }),
  );
}

/** The bundler leaves imports where they are whose users it has shaken off. */
function isUsed(name: string, program: string): boolean {
  return new RegExp(`\\b${name}\\(`).test(program);
}
