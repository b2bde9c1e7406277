import { AwsError } from "../gateway/aws-error.ts";

const MAX_ATTRIBUTES = 10;
const MAX_NAME_LENGTH = 256;

interface Attribute {
  readonly DataType?: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

/**
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 * @throws AwsError InvalidParameterValue
 */
export function checkMessageAttributes(attributes: Readonly<Record<string, Attribute>>): void {
  const names = Object.keys(attributes);
  if (names.length > MAX_ATTRIBUTES) {
    throw invalid(
      `Number of message attributes [${names.length}] exceeds the allowed maximum [${MAX_ATTRIBUTES}].`,
    );
  }
  for (const [name, attribute] of Object.entries(attributes)) {
    checkName(name);
    checkValue(name, attribute);
  }
}

function checkName(name: string): void {
  if (name.length > MAX_NAME_LENGTH)
    throw invalid("Message (user) attribute names must be shorter than 256 Bytes");
  if (!/^[\w.-]+$/.test(name)) {
    throw invalid(
      "Message (user) attributes name can only contain upper and lower score characters, digits, periods, hyphens and underscores. ",
    );
  }
  if (/^(aws\.|amazon\.|\.)|\.$|\.\./i.test(name)) {
    throw invalid(
      "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for internal use. Additionally, they cannot start or end with '.'.",
    );
  }
}

function checkValue(name: string, { DataType: type = "", StringValue, BinaryValue }: Attribute): void {
  const [, kind] = /^(String|Number|Binary)(\..+)?$/.exec(type) ?? [];
  if (kind === undefined) {
    throw invalid(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  const value = kind === "Binary" ? BinaryValue : StringValue;
  if (value === undefined || value === "")
    throw invalid(`Message (user) attribute '${name}' must contain a non-empty value of type '${kind}'.`);
  if (kind === "Number" && Number.isNaN(Number(value)))
    throw invalid(`Can't cast the value of message (user) attribute '${name}' to a number.`);
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterValue", message);
}
