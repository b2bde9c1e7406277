import { AwsError } from "../../gateway/aws-error.ts";
import { validationError } from "./template-error.ts";
import type { Template, TemplateParameter } from "./template.ts";

/** Parameter values by name, as text, as they were given or defaulted. */
export type ParameterValues = Readonly<Record<string, string>>;

/** A parameter as a caller gives it: a value, or the one that the stack has. */
export interface GivenParameter {
  readonly key: string;
  readonly value?: string;
  readonly usePreviousValue?: boolean;
}

/**
 * The values of a template's parameters out of what was given, what the stack had, and the defaults.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
 * @throws AwsError ValidationError
 */
export function parameterValues(
  template: Template,
  given: readonly GivenParameter[],
  previous: ParameterValues = {},
): ParameterValues {
  const unknown = given.filter(({ key }) => !Object.hasOwn(template.parameters, key)).map(({ key }) => key);
  if (unknown.length > 0)
    throw validationError(`Parameters: [${unknown.join(", ")}] do not exist in the template`);
  const values: Record<string, string> = {};
  const missing: string[] = [];
  for (const [name, parameter] of Object.entries(template.parameters)) {
    const argument = given.find(({ key }) => key === name);
    const fallback = defaultOf(parameter);
    const value = argument?.usePreviousValue === true ? previous[name] : (argument?.value ?? fallback);
    if (value === undefined) missing.push(name);
    else values[name] = checked(name, parameter, value);
  }
  if (missing.length > 0) throw validationError(`Parameters: [${missing.join(", ")}] must have values`);
  return values;
}

/** What Ref answers for a parameter: text, or a list for the list types. Whole items are trimmed, as CloudFormation does. */
export function parameterReference(parameter: TemplateParameter, value: string): unknown {
  return isList(parameter) ? value.split(",").map((item) => item.trim()) : value;
}

/** A default as text, as all values are. */
export function defaultOf({ Default: value }: TemplateParameter): string | undefined {
  return value === undefined || value === null ? undefined : `${value as string | number | boolean}`;
}

export function isSecret(parameter: TemplateParameter | undefined): boolean {
  return parameter?.NoEcho === true || parameter?.NoEcho === "true";
}

const PLAIN_TYPE =
  /^(String|Number|CommaDelimitedList|List<(Number|String|AWS::[\w:]+)>|AWS::(EC2|Route53)::[\w:]+)$/;

/** The T of AWS::SSM::Parameter::Value<T>: such a parameter is the name of one in the Parameter Store, and means its value. */
function storedType({ Type: type }: TemplateParameter): string | undefined {
  return /^AWS::SSM::Parameter::Value<(.+)>$/.exec(type)?.[1];
}

/**
 * What the values of parameters that stand in the Parameter Store are now, by the parameters' names.
 * @throws AwsError ValidationError naming all that are not there
 */
export function storedParameterValues(
  template: Template,
  values: ParameterValues,
  read: (name: string) => string,
): ParameterValues {
  const stored: Record<string, string> = {};
  const missing: string[] = [];
  for (const [name, parameter] of Object.entries(template.parameters)) {
    const key = values[name];
    if (key === undefined || !parameter.Type.startsWith("AWS::SSM::Parameter::")) continue;
    try {
      const value = read(key);
      if (storedType(parameter) !== undefined) stored[name] = value;
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      missing.push(key);
    }
  }
  if (missing.length === 0) return stored;
  throw validationError(
    `Unable to fetch parameters [${missing.join(", ")}] from parameter store for this account.`,
  );
}

function checked(name: string, parameter: TemplateParameter, value: string): string {
  if (parameter.Type === "AWS::SSM::Parameter::Name") return value;
  if (!PLAIN_TYPE.test(storedType(parameter) ?? parameter.Type)) {
    throw validationError(`Template format error: Unrecognized parameter type: ${parameter.Type}`);
  }
  for (const item of isList(parameter) ? value.split(",").map((part) => part.trim()) : [value]) {
    const problem = problemWith(name, parameter, item);
    if (problem === undefined) continue;
    const constraint = parameter.ConstraintDescription;
    throw validationError(
      constraint === undefined ? problem : `Parameter '${name}' failed to satisfy constraint: ${constraint}`,
    );
  }
  return value;
}

function problemWith(name: string, parameter: TemplateParameter, value: string): string | undefined {
  const allowed = parameter.AllowedValues?.map(String);
  if (allowed !== undefined && !allowed.includes(value))
    return `Parameter '${name}' must be one of [${allowed.join(", ")}]`;
  if (
    parameter.AllowedPattern !== undefined &&
    !new RegExp(`^(?:${parameter.AllowedPattern})$`).test(value)
  ) {
    return `Parameter '${name}' must match pattern ${parameter.AllowedPattern}`;
  }
  if (value.length < Number(parameter.MinLength ?? 0)) {
    return `Parameter '${name}' must contain at least ${String(parameter.MinLength)} characters`;
  }
  if (value.length > Number(parameter.MaxLength ?? Infinity)) {
    return `Parameter '${name}' must contain at most ${String(parameter.MaxLength)} characters`;
  }
  if (!/Number/.test(parameter.Type)) return undefined;
  if (value.trim() === "" || Number.isNaN(Number(value))) return `Parameter '${name}' must be a number`;
  if (Number(value) < Number(parameter.MinValue ?? -Infinity)) {
    return `Parameter '${name}' must be a number not less than ${String(parameter.MinValue)}`;
  }
  if (Number(value) > Number(parameter.MaxValue ?? Infinity)) {
    return `Parameter '${name}' must be a number not greater than ${String(parameter.MaxValue)}`;
  }
  return undefined;
}

function isList(parameter: TemplateParameter): boolean {
  const type = storedType(parameter) ?? parameter.Type;
  return type === "CommaDelimitedList" || type.startsWith("List<");
}
