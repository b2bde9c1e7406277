import type { CodeStore, StoredCode } from "./code-store.ts";
import type { CloudContext } from "../context/cloud-context.ts";
import { AwsError } from "../gateway/aws-error.ts";
import { invalidParameter, text, type Input } from "./input.ts";

/** Takes the zip that a request brings along or names in S3. @throws AwsError InvalidParameterValueException */
export async function storePackage(
  parts: { context: CloudContext; code: CodeStore },
  input: Input,
): Promise<StoredCode> {
  const zip = text(input, "ZipFile");
  if (zip !== undefined) return parts.code.add(Buffer.from(zip, "base64"), { uploadedDirectly: true });
  const bucket = text(input, "S3Bucket");
  const key = text(input, "S3Key");
  if (bucket === undefined || key === undefined)
    throw invalidParameter("Please provide a source for function code.");
  try {
    const archive = await parts.context.objects.read(bucket, key, text(input, "S3ObjectVersion"));
    return parts.code.add(archive, { uploadedDirectly: false });
  } catch (error) {
    if (!(error instanceof AwsError) || !error.code.startsWith("NoSuch")) throw error;
    throw invalidParameter(
      `Error occurred while GetObject. S3 Error Code: ${error.code}. S3 Error Message: ${error.message}`,
    );
  }
}
