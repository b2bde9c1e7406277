/**
 * Where a secret is: `ssm:NAME` is a parameter of Systems Manager, `secretsmanager:NAME` a secret of Secrets Manager, and
 * `secretsmanager:NAME#FIELD` one field of a secret that is JSON. `{stage}` in a name is the stage.
 */
export interface SecretSource {
  readonly service: "ssm" | "secretsmanager";
  readonly name: string;
  readonly field?: string;
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
const SECRET = /^secretsmanager:([A-Za-z0-9/_+=.@{}-]{1,500})(?:#([A-Za-z0-9_.-]+))?$/;
/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html */
const PARAMETER = /^ssm:([A-Za-z0-9/_.{}-]{1,1000})$/;

/** @returns undefined where the text names no secret */
export function secretSource(text: string): SecretSource | undefined {
  const [, parameter] = PARAMETER.exec(text) ?? [];
  if (parameter !== undefined && hasOnlyStage(parameter)) return { service: "ssm", name: parameter };
  const [, name, field] = SECRET.exec(text) ?? [];
  if (name === undefined || !hasOnlyStage(name)) return undefined;
  return { service: "secretsmanager", name, ...(field === undefined ? {} : { field }) };
}

/** Braces are for {stage} and nothing else. */
function hasOnlyStage(name: string): boolean {
  return !/[{}]/.test(name.replaceAll("{stage}", ""));
}
