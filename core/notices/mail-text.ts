/** SNS takes subjects of fewer than 100 characters, ASCII, no line breaks. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const MAX_SUBJECT_LENGTH = 99;

export interface Mail {
  readonly subject: string;
  readonly body: string;
}

/** Only printable ASCII that begins with a letter or digit, cut with an ellipsis. */
export function subject(text: string): string {
  const ascii = text.replace(/[^\x20-\x7e]+/g, "?").replace(/^[^a-z0-9]+/i, "");
  const worded = ascii === "" ? "Slipway" : ascii;
  return worded.length <= MAX_SUBJECT_LENGTH ? worded : `${worded.slice(0, MAX_SUBJECT_LENGTH - 3)}...`;
}

/** File names and log lines are hostile: no control character may forge a line of the mail, or turn its direction. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "\u{fffd}");
}

export function excerpt(text: string, length: number): string {
  const line = printable(text);
  return line.length <= length ? line : `${line.slice(0, length - 3)}...`;
}

/** "1 failure", "2,499 failures". */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}

/** "2026-11-22 20:00:00 UTC" */
export function timeInWords(iso: string): string {
  return `${iso.slice(0, 19).replace("T", " ")} UTC`;
}

/** "Pipeline images", "Service web": what is no pipeline has ECS' name of its kind in front, which no pipeline's name has. */
export function named(pipeline: string): string {
  const [kind = "", name] = pipeline.split(/:(.*)/s);
  if (name === undefined) return `Pipeline ${printable(pipeline)}`;
  return `${kind.charAt(0).toUpperCase()}${printable(kind.slice(1))} ${printable(name)}`;
}
