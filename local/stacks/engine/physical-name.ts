import { createHash, randomUUID } from "node:crypto";

/** The length of the random part of a physical name. */
const RANDOM_LENGTH = 12;

export function newNameSeed(): string {
  return randomUUID();
}

/**
 * A name as CloudFormation makes one, `<stack>-<logicalId>-<RANDOM>`. The same seed gives the same name.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html
 */
export function physicalName(
  of: { stackName: string; logicalId: string; nameSeed: string },
  options: { maxLength: number; lowercase?: boolean; suffix?: string },
): string {
  const suffix = options.suffix ?? "";
  const random = randomFrom(of.nameSeed, RANDOM_LENGTH);
  const room = options.maxLength - random.length - suffix.length - 1;
  const name = `${`${of.stackName}-${of.logicalId}`.slice(0, room).replace(/-+$/, "")}-${random}`;
  return (options.lowercase === true ? name.toLowerCase() : name) + suffix;
}

/** Capital letters and digits that follow from a seed. */
function randomFrom(seed: string, length: number): string {
  const digest = createHash("sha256").update(seed).digest();
  return Array.from({ length }, (_, index) => ALPHABET.charAt((digest[index] ?? 0) % ALPHABET.length)).join(
    "",
  );
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
