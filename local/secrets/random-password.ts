import { randomInt } from "node:crypto";
import { z } from "zod";
import { AwsError } from "../gateway/aws-error.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html; booleans come as text from templates */
const flag = z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]);
export const passwordRules = z.object({
  PasswordLength: z.coerce.number().int().min(1).max(4096).default(32),
  ExcludeCharacters: z.string().default(""),
  ExcludeLowercase: flag.default(false),
  ExcludeUppercase: flag.default(false),
  ExcludeNumbers: flag.default(false),
  ExcludePunctuation: flag.default(false),
  IncludeSpace: flag.default(false),
  RequireEachIncludedType: flag.default(true),
});

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const NUMBERS = "0123456789";
const PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

/** @throws AwsError InvalidParameterException where the rules leave no characters, or not enough room for one of each kind */
export function randomPassword(rules: z.output<typeof passwordRules>): string {
  const kinds = [
    rules.ExcludeLowercase ? "" : LOWER,
    rules.ExcludeUppercase ? "" : LOWER.toUpperCase(),
    rules.ExcludeNumbers ? "" : NUMBERS,
    rules.ExcludePunctuation ? "" : PUNCTUATION,
    rules.IncludeSpace ? " " : "",
  ]
    .map((kind) => kind.split("").filter((character) => !rules.ExcludeCharacters.includes(character)))
    .filter((kind) => kind.length > 0);
  const all = kinds.flat();
  const asked = rules.RequireEachIncludedType ? kinds : [];
  if (all.length === 0 || asked.length > rules.PasswordLength) {
    throw new AwsError(
      "InvalidParameterException",
      "The password length is too short based on the required types, or no characters are left to choose from.",
    );
  }
  const characters = [
    ...asked,
    ...Array.from({ length: rules.PasswordLength - asked.length }, () => all),
  ].map((kind) => kind[randomInt(kind.length)] ?? "");
  for (let last = characters.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other] ?? "", characters[last] ?? ""];
  }
  return characters.join("");
}
