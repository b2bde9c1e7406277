import { invalid } from "../model/shapes.ts";

/** @throws AwsError InvalidParameterException for the first of the members that is given; nothing may be ignored in silence */
export function refuse(
  names: readonly string[],
  from: Readonly<Record<string, unknown>>,
  where: string,
): void {
  for (const name of names) {
    const value = from[name];
    const absent =
      value === undefined ||
      value === null ||
      value === false ||
      (Array.isArray(value) && value.length === 0);
    if (!absent) throw invalid(`The local cloud does not support ${name} of ${where}.`);
  }
}
