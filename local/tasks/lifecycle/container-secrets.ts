import type { CloudContext } from "../../context/cloud-context.ts";
import { AwsError } from "../../gateway/aws-error.ts";
import type { ContainerDefinition, TaskDefinition } from "../model/definition.ts";

interface SecretReference {
  readonly name: string;
  readonly valueFrom: string;
}

/** Why a task cannot have what its definition's `secrets` name, as `stoppedReason` tells it. */
export class ResourceInitializationError extends Error {
  override readonly name = "ResourceInitializationError";

  constructor(why: string) {
    super(
      `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ${why}`,
    );
  }
}

/**
 * The task definition with the values of its containers' secrets among their environments. They are read once, when the task
 * starts, by the execution role.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
 * @throws ResourceInitializationError
 */
export function withSecrets(
  context: CloudContext,
  taskArn: string,
  definition: TaskDefinition,
): TaskDefinition {
  const role = definition.executionRoleArn;
  if (role === undefined || !definition.containerDefinitions.some(({ secrets = [] }) => secrets.length > 0)) {
    return definition;
  }
  const taskId = taskArn.slice(taskArn.lastIndexOf("/") + 1);
  const reader = { context, role, taskId };
  const containerDefinitions = definition.containerDefinitions.map((container) => ({
    ...container,
    environment: [...container.environment, ...environmentOf(reader, container)],
  }));
  return { ...definition, containerDefinitions };
}

interface Reader {
  readonly context: CloudContext;
  readonly role: string;
  readonly taskId: string;
}

function environmentOf(
  reader: Reader,
  { secrets = [] }: ContainerDefinition,
): { name: string; value: string }[] {
  return secrets.map((secret) => ({
    name: secret.name,
    value: secret.valueFrom.includes(":secretsmanager:")
      ? fromSecretsManager(reader, secret)
      : fromParameterStore(reader, secret),
  }));
}

function fromParameterStore(reader: Reader, { valueFrom }: SecretReference): string {
  const failed = (why: string) =>
    new ResourceInitializationError(
      `unable to retrieve secrets from ssm: service call has been retried 1 time(s): ${why}`,
    );
  const { parameters } = reader.context;
  const denied = denial(reader, "ssm:GetParameters", parameters.arnOf(valueFrom));
  if (denied !== undefined) throw failed(denied);
  try {
    return parameters.value(valueFrom);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw failed(`invalid ssm parameters: ${valueFrom}`);
  }
}

/** `valueFrom` is a secret's ARN, with `:json-key:version-stage:version-id` behind it where wanted. */
function fromSecretsManager(reader: Reader, { valueFrom }: SecretReference): string {
  const parts = valueFrom.split(":");
  const arn = parts.slice(0, 7).join(":");
  const [key = "", stage = "", id = ""] = parts.slice(7);
  const failed = (why: string) =>
    new ResourceInitializationError(
      `unable to retrieve secret from asm: service call has been retried 1 time(s): ${why}`,
    );
  const { secrets } = reader.context;
  const denied = denial(reader, "secretsmanager:GetSecretValue", secrets.arnOf(arn) ?? arn);
  if (denied !== undefined) throw failed(`failed to fetch secret ${arn} from secrets manager: ${denied}`);
  let text: string;
  try {
    text = secrets.secretString(arn, {
      ...(stage === "" ? {} : { stage }),
      ...(id === "" ? {} : { id }),
    });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw failed(
      `failed to fetch secret ${arn} from secrets manager: ${error.code}: ${error.message} status code: 400, request id: ${reader.taskId}`,
    );
  }
  if (key === "") return text;
  const value = memberOf(text, key);
  if (value !== undefined) return value;
  throw failed(`retrieved secret from Secrets Manager did not contain json key ${key}`);
}

function denial({ context, role, taskId }: Reader, action: string, resource: string): string | undefined {
  if (context.identity.roleAllowed(role, action, resource)) return undefined;
  const roleName = role.slice(role.lastIndexOf("/") + 1);
  const user = `arn:aws:sts::${context.accountId}:assumed-role/${roleName}/${taskId}`;
  return `AccessDeniedException: User: ${user} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action status code: 400, request id: ${taskId}`;
}

function memberOf(text: string, key: string): string | undefined {
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document !== "object" || document === null || !Object.hasOwn(document, key)) return undefined;
    const value = (document as Record<string, unknown>)[key];
    return typeof value === "string" ? value : JSON.stringify(value);
  } catch {
    return undefined;
  }
}
