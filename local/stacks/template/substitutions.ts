import { templateError } from "./template-error.ts";

/**
 * The `${Name}` places of an Fn::Sub string; `${!Name}` stays as a literal `${Name}`.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-sub.html
 * @throws AwsError ValidationError for a name that CloudFormation does not take
 */
export function substitutions(template: string): {
  readonly names: readonly string[];
  replace(valueOf: (name: string) => string): string;
} {
  const places = [...template.matchAll(PLACE)].map(([, literal, name = ""]) => ({
    literal,
    name: name.trim(),
  }));
  const names = places.filter(({ literal }) => literal === undefined).map(({ name }) => name);
  if (names.some((name) => !/^[A-Za-z0-9_.:]+$/.test(name))) {
    throw templateError(
      "variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons",
    );
  }
  return {
    names,
    replace: (valueOf) =>
      template.replace(PLACE, (_, literal: string | undefined, name: string) =>
        literal === undefined ? valueOf(name.trim()) : `\${${name}}`,
      ),
  };
}

const PLACE = /\$\{(!)?([^}]*)\}/g;
