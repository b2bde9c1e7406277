import { AwsError } from "../gateway/aws-error.ts";

// oxlint-disable-next-line no-control-regex -- control characters are what is refused
const CONTROL = /[\u0000-\u001f\u007f]/;

const MAX_MESSAGE_BYTES = 262_144;

/**
 * What SNS refuses before it publishes: subjects with line breaks or control characters or of 100 characters and more, messages
 * that are empty or too long, and structured messages without a default. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 * @throws AwsError InvalidParameter
 */
export function checkMessage(message: { subject?: string; body?: string; structure?: string }): void {
  if (message.subject !== undefined && (message.subject.length >= 100 || CONTROL.test(message.subject))) {
    throw new AwsError("InvalidParameter", "Invalid parameter: Subject");
  }
  if (message.body === "") throw new AwsError("InvalidParameter", "Invalid parameter: Empty message");
  if (message.body !== undefined && Buffer.byteLength(message.body) > MAX_MESSAGE_BYTES) {
    throw new AwsError("InvalidParameter", "Invalid parameter: Message too long");
  }
  if (message.structure === undefined) return;
  if (message.structure !== "json")
    throw new AwsError("InvalidParameter", "Invalid parameter: MessageStructure");
  const parsed = parsedObject(message.body ?? "");
  if (parsed === undefined) {
    throw new AwsError(
      "InvalidParameter",
      "Invalid parameter: Message Structure - JSON message body failed to parse",
    );
  }
  if (typeof parsed["default"] !== "string") {
    throw new AwsError(
      "InvalidParameter",
      "Invalid parameter: Message Structure - No default entry in JSON message body",
    );
  }
}

/** The text for one protocol out of a structured message. */
export function textFor(protocol: string, structured: string): string {
  const texts = parsedObject(structured) ?? {};
  return String(texts[protocol] ?? texts["default"]);
}

function parsedObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}
