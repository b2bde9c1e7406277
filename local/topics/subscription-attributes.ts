import { AwsError, notImplemented } from "../gateway/aws-error.ts";
import { checkFilterPolicy } from "./filter-policy.ts";

/** The attributes that are served; CloudFormation has properties of the same names. */
export const SUBSCRIPTION_ATTRIBUTES = ["FilterPolicy", "FilterPolicyScope", "RawMessageDelivery"] as const;

/** Those that SNS has besides. https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html */
const UNSERVED = ["DeliveryPolicy", "RedrivePolicy", "ReplayPolicy", "SubscriptionRoleArn"];

const VALUES: Readonly<Record<string, readonly string[]>> = {
  FilterPolicyScope: ["MessageAttributes", "MessageBody"],
  RawMessageDelivery: ["true", "false"],
};

/** @throws AwsError InvalidParameter; NotImplemented where the local cloud would have to ignore it */
export function checkSubscriptionAttributes(
  protocol: string,
  attributes: Readonly<Record<string, string>>,
): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (UNSERVED.includes(name)) throw notImplemented(`the SNS subscription attribute ${name}`);
    if (!(SUBSCRIPTION_ATTRIBUTES as readonly string[]).includes(name)) throw invalid("AttributeName");
    if (VALUES[name]?.includes(value) === false)
      throw invalid(`Attributes Reason: ${name}: Invalid value [${value}].`);
  }
  checkFilterPolicy(attributes["FilterPolicy"] ?? "");
  if (attributes["RawMessageDelivery"] === "true" && protocol !== "sqs")
    throw invalid(
      `Attributes Reason: Delivery protocol [${protocol}] does not support raw message delivery.`,
    );
}

function invalid(what: string): AwsError {
  return new AwsError("InvalidParameter", `Invalid parameter: ${what}`);
}
