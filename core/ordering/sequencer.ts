/**
 * Which of two events of the same key S3 made first, by their sequencers: hexadecimal texts of different lengths, compared
 * letter by letter after the shorter one is filled up with zeros on its right. Says nothing about different keys.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 * @returns below 0 where `one` is older, above 0 where it is newer, 0 for the same event
 */
export function compareSequencers(one: string, other: string): number {
  const length = Math.max(one.length, other.length);
  const [left, right] = [one, other].map((text) => text.toUpperCase().padEnd(length, "0"));
  if (left === undefined || right === undefined || left === right) return 0;
  return left < right ? -1 : 1;
}
