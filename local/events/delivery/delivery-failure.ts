import { AwsError } from "../../gateway/aws-error.ts";

/**
 * Why a target did not take an event, in the words of the dead-letter queue's attributes.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export class DeliveryFailure extends Error {
  override readonly name = "DeliveryFailure";
  /** E.g. NO_PERMISSIONS */
  readonly code: string;
  /** Whether another attempt may help; else the event goes to the dead-letter queue at once. */
  readonly retriable: boolean;

  constructor(code: string, message: string, retriable = false) {
    super(message);
    this.code = code;
    this.retriable = retriable;
  }
}

const RULES: readonly { readonly matches: RegExp; readonly code: string; readonly retriable: boolean }[] = [
  { matches: /Throttl|TooManyRequests|RequestLimitExceeded|OverLimit/i, code: "THROTTLING", retriable: true },
  {
    matches: /AccessDenied|AuthorizationError|NotAuthorized|UnauthorizedOperation/,
    code: "NO_PERMISSIONS",
    retriable: false,
  },
  { matches: /NotFound|NonExistent|NoSuch/, code: "NO_RESOURCE", retriable: false },
  { matches: /Timeout/i, code: "TIMEOUT", retriable: true },
];

export function deliveryFailure(error: unknown): DeliveryFailure {
  if (error instanceof DeliveryFailure) return error;
  if (!(error instanceof AwsError)) {
    return new DeliveryFailure(
      "INTERNAL_ERROR",
      error instanceof Error ? error.message : String(error),
      true,
    );
  }
  const rule = RULES.find(({ matches }) => matches.test(error.code));
  if (rule !== undefined) return new DeliveryFailure(rule.code, error.message, rule.retriable);
  if (error.status >= 500) return new DeliveryFailure("INTERNAL_ERROR", error.message, true);
  return new DeliveryFailure("SDK_CLIENT_ERROR", error.message);
}
