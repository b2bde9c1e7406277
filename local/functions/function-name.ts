import { AwsError } from "../gateway/aws-error.ts";

/** A function as a caller names it: by name, partial ARN or ARN, each with or without a version or an alias. */
export interface FunctionReference {
  readonly name: string;
  /** "$LATEST", a version number or an alias; absent where the caller gave none. */
  readonly qualifier?: string;
}

const REFERENCE =
  /^(?:arn:aws[a-zA-Z-]*:lambda:[a-z0-9-]+:)?(?:\d{12}:function:|function:)?(?<name>[a-zA-Z0-9-_]{1,64})(?::(?<qualifier>\$LATEST|[a-zA-Z0-9-_]{1,128}))?$/;

/**
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#lambda-Invoke-request-FunctionName
 * @throws AwsError ValidationException; InvalidParameterValueException where two qualifiers differ
 */
export function parseFunctionName(text: string, qualifier?: string): FunctionReference {
  const groups = REFERENCE.exec(text)?.groups;
  const name = groups?.["name"];
  if (name === undefined) {
    throw new AwsError(
      "ValidationException",
      `1 validation error detected: Value '${text}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: ` +
        String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?`,
    );
  }
  const inName = groups?.["qualifier"];
  if (inName !== undefined && qualifier !== undefined && inName !== qualifier) {
    throw new AwsError(
      "InvalidParameterValueException",
      "The derived qualifier from the function name does not match the specified qualifier.",
    );
  }
  const chosen = inName ?? qualifier;
  return { name, ...(chosen === undefined ? {} : { qualifier: chosen }) };
}
