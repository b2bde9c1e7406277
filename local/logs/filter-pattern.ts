import { AwsError, notImplemented } from "../gateway/aws-error.ts";

export type MessageTest = (message: string) => boolean;

/** A term: `-` or `?` before a quoted phrase or a bare word. */
const TERM = /\s*([-?]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/y;

/**
 * Compiles a filter pattern of terms: all must stand in the message, none with `-` before it, and of those with `?` one.
 * Case counts. Patterns for JSON, for fields and for regular expressions are refused by name.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 * @throws AwsError InvalidParameterException, NotImplemented
 */
export function filterPattern(pattern: string): MessageTest {
  const text = pattern.trim();
  if (text.startsWith("{")) throw notImplemented("CloudWatch Logs filter patterns for JSON");
  if (text.startsWith("["))
    throw notImplemented("CloudWatch Logs filter patterns for space-delimited fields");
  if (text.startsWith("%")) throw notImplemented("CloudWatch Logs filter patterns with regular expressions");
  const terms = [...termsOf(text)];
  const [required, excluded, optional] = ["", "-", "?"].map((sign) =>
    terms.filter((term) => term.sign === sign),
  );
  return (message) => {
    const has = ({ value }: { value: string }) => message.includes(value);
    // As in AWS, terms with ? count only where no term must be there.
    const anyOf =
      required?.length === 0 && optional !== undefined && optional.length > 0 ? optional.some(has) : true;
    return (required ?? []).every(has) && !(excluded ?? []).some(has) && anyOf;
  };
}

function* termsOf(text: string): Generator<{ sign: string; value: string }> {
  for (let at = 0; at < text.length; at = TERM.lastIndex) {
    TERM.lastIndex = at;
    const term = TERM.exec(text);
    if (term === null) throw new AwsError("InvalidParameterException", "Invalid filter pattern");
    yield { sign: term[1] ?? "", value: term[3] ?? (term[2] ?? "").replace(/\\(.)/g, "$1") };
  }
}
