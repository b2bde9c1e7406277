import { AwsError } from "../gateway/aws-error.ts";
import { redriveOf } from "./queue-attributes.ts";
import type { QueueStore } from "./queue-store.ts";

interface RedriveAllowPolicy {
  readonly redrivePermission?: unknown;
  readonly sourceQueueArns?: unknown;
}

/**
 * Whether a queue may use another as its dead-letter queue: it must be there, of the same kind, and not forbid it.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 * @param sourceArn of the queue whose attributes these are to be; it need not exist yet
 * @throws AwsError InvalidParameterValue
 */
export function checkRedrive(
  store: QueueStore,
  sourceArn: string,
  attributes: Readonly<Record<string, string>>,
): void {
  const allow = attributes["RedriveAllowPolicy"];
  if (allow) checkAllowPolicy(allow);
  const policy = attributes["RedrivePolicy"];
  if (!policy) return;
  const refuse = (reason: string) =>
    new AwsError(
      "InvalidParameterValue",
      `Value ${policy} for parameter RedrivePolicy is invalid. Reason: ${reason}`,
    );
  const target = store.byArn(redriveOf(policy).deadLetterTargetArn);
  if (target === undefined) throw refuse("Dead letter target does not exist.");
  if (target.isFifo() !== sourceArn.endsWith(".fifo")) {
    throw refuse("Dead-letter queue must be same type of queue as the source.");
  }
  if (!allows(target.attributes["RedriveAllowPolicy"], sourceArn)) {
    throw refuse("The dead letter target's RedriveAllowPolicy does not permit this source queue.");
  }
}

function allows(allowPolicy: string | undefined, sourceArn: string): boolean {
  if (allowPolicy === undefined) return true;
  const { redrivePermission, sourceQueueArns } = JSON.parse(allowPolicy) as RedriveAllowPolicy;
  if (redrivePermission === "byQueue") {
    return Array.isArray(sourceQueueArns) && sourceQueueArns.includes(sourceArn);
  }
  return redrivePermission !== "denyAll";
}

/** At most ten sources, and those only where they are asked for one by one. @throws AwsError InvalidParameterValue */
function checkAllowPolicy(text: string): void {
  const { redrivePermission = "allowAll", sourceQueueArns } = JSON.parse(text) as RedriveAllowPolicy;
  const named = Array.isArray(sourceQueueArns) && sourceQueueArns.length > 0 && sourceQueueArns.length <= 10;
  const fits =
    redrivePermission === "byQueue"
      ? named
      : (redrivePermission === "allowAll" || redrivePermission === "denyAll") &&
        sourceQueueArns === undefined;
  if (fits) return;
  throw new AwsError(
    "InvalidParameterValue",
    `Value ${text} for parameter RedriveAllowPolicy is invalid. Reason: Amazon SQS can't create the redrive allow policy, as it's in an unsupported format.`,
  );
}
