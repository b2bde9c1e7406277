import type { CloudContext } from "../../context/cloud-context.ts";
import { AwsError } from "../../gateway/aws-error.ts";
import { validationError } from "../template/template-error.ts";
import { optionalText } from "./input.ts";

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MAX_BODY_BYTES = 51_200;
const MAX_OBJECT_BYTES = 1024 * 1024;

/** The template that a call carries or points to, if it does either. @throws AwsError ValidationError */
export async function givenTemplate(
  context: CloudContext,
  input: Readonly<Record<string, unknown>>,
): Promise<string | undefined> {
  const body = optionalText(input, "TemplateBody");
  const url = optionalText(input, "TemplateURL");
  if (body !== undefined && url !== undefined)
    throw validationError("Specify only one of TemplateBody or TemplateURL");
  if (body !== undefined && Buffer.byteLength(body) > MAX_BODY_BYTES) {
    throw validationError(
      "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to 51200",
    );
  }
  return url === undefined ? body : readObject(context, url);
}

async function readObject(context: CloudContext, url: string): Promise<string> {
  const { bucket, key, versionId } = objectOf(url, context.endpoint);
  const bytes = await context.objects.read(bucket, key, versionId).catch((error: unknown) => {
    if (!(error instanceof AwsError)) throw error;
    throw validationError(
      `S3 error: ${error.message}\nFor more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html`,
    );
  });
  if (bytes.length > MAX_OBJECT_BYTES)
    throw validationError(`Template may not exceed ${MAX_OBJECT_BYTES} bytes in size.`);
  return bytes.toString("utf8");
}

/** Knows S3's addresses in both styles, and this cloud's own, which the AWS CLI builds from its endpoint. */
export function objectOf(
  text: string,
  endpoint: string,
): { bucket: string; key: string; versionId?: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw validationError("TemplateURL must be a supported URL.");
  const path = url.pathname.slice(1).split("/").map(decodeURIComponent);
  const versionId = url.searchParams.get("versionId");
  const version = versionId === null ? {} : { versionId };
  const isPathStyle =
    url.host === new URL(endpoint).host || /^s3([.-][a-z0-9-]+)?\.amazonaws\.com$/.test(url.hostname);
  if (isPathStyle && path.length >= 2)
    return { bucket: path[0] ?? "", key: path.slice(1).join("/"), ...version };
  const [, bucket] = /^(.+)\.s3([.-][a-z0-9-]+)?\.amazonaws\.com$/.exec(url.hostname) ?? [];
  if (bucket !== undefined && path.join("") !== "") return { bucket, key: path.join("/"), ...version };
  throw validationError("TemplateURL must be a supported URL.");
}
