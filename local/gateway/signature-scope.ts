import type { IncomingHttpHeaders } from "node:http";

export interface SignatureScope {
  readonly accessKeyId: string;
  readonly region: string;
  /** The signing name of the service, e.g. "s3", "events". */
  readonly service: string;
  readonly sessionToken?: string;
}

/**
 * Reads who signed and for which service, from the Authorization header or a presigned query.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signatureOf(headers: IncomingHttpHeaders, url: URL): SignatureScope | undefined {
  const credential =
    /Credential=([^,\s]+)/.exec(headers.authorization ?? "")?.[1] ??
    url.searchParams.get("X-Amz-Credential") ??
    undefined;
  if (credential === undefined) return versionTwo(headers, url);
  const [accessKeyId, , region, service] = credential.split("/");
  if (accessKeyId === undefined || region === undefined || service === undefined) return undefined;
  const token = headers["x-amz-security-token"] ?? url.searchParams.get("X-Amz-Security-Token") ?? undefined;
  return { accessKeyId, region, service, ...(typeof token === "string" ? { sessionToken: token } : {}) };
}

/**
 * Signature version 2, with which the AWS CLI still presigns in us-east-1; it names no region and only S3 takes it.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
 */
function versionTwo(headers: IncomingHttpHeaders, url: URL): SignatureScope | undefined {
  const accessKeyId =
    /^AWS ([^:\s]+):/.exec(headers.authorization ?? "")?.[1] ?? url.searchParams.get("AWSAccessKeyId");
  if (accessKeyId === null || accessKeyId === undefined) return undefined;
  const token = headers["x-amz-security-token"] ?? url.searchParams.get("x-amz-security-token") ?? undefined;
  return {
    accessKeyId,
    region: "us-east-1",
    service: "s3",
    ...(typeof token === "string" ? { sessionToken: token } : {}),
  };
}
