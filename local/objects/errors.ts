import { AwsError } from "../gateway/aws-error.ts";

/**
 * The errors of S3 in its own words. Members become elements of the error document.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export const noSuchBucket = (bucket: string): AwsError =>
  new AwsError("NoSuchBucket", "The specified bucket does not exist", 404, { BucketName: bucket });

export const noSuchKey = (key: string): AwsError =>
  new AwsError("NoSuchKey", "The specified key does not exist.", 404, { Key: key });

export const noSuchVersion = (key: string, versionId: string): AwsError =>
  new AwsError("NoSuchVersion", "The specified version does not exist.", 404, {
    Key: key,
    VersionId: versionId,
  });

export const noSuchUpload = (uploadId: string): AwsError =>
  new AwsError(
    "NoSuchUpload",
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    404,
    { UploadId: uploadId },
  );

export const preconditionFailed = (condition: string): AwsError =>
  new AwsError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412, {
    Condition: condition,
  });

/** What S3 itself says of a header with a meaning that it does not have. */
export const unimplementedHeader = (header: string): AwsError =>
  new AwsError("NotImplemented", "A header you provided implies functionality that is not implemented", 501, {
    Header: header,
  });

export const accessDenied = (message = "Access Denied", members: Record<string, unknown> = {}): AwsError =>
  new AwsError("AccessDenied", message, 403, members);

export const invalidArgument = (message: string, name?: string, value?: string): AwsError =>
  new AwsError("InvalidArgument", message, 400, {
    ...(name === undefined ? {} : { ArgumentName: name }),
    ...(value === undefined ? {} : { ArgumentValue: value }),
  });

export const invalidRequest = (message: string): AwsError => new AwsError("InvalidRequest", message, 400);

export const malformedXml = (): AwsError =>
  new AwsError(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
    400,
  );

export const malformedPolicy = (message: string): AwsError => new AwsError("MalformedPolicy", message, 400);

export const incompleteBody = (): AwsError =>
  new AwsError(
    "IncompleteBody",
    "You did not provide the number of bytes specified by the Content-Length HTTP header",
    400,
  );

export const badDigest = (message: string): AwsError => new AwsError("BadDigest", message, 400);

export const methodNotAllowed = (method: string, resourceType: string): AwsError =>
  new AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.", 405, {
    Method: method,
    ResourceType: resourceType,
  });

/** An error whose answer carries headers of its own. */
export class ErrorWithHeaders extends AwsError {
  readonly headers: Readonly<Record<string, string>>;

  constructor(error: AwsError, headers: Readonly<Record<string, string>>) {
    super(error.code, error.message, error.status, error.members);
    this.headers = headers;
  }
}
