import type { CloudContext } from "../context/cloud-context.ts";
import { textFor } from "./message-rules.ts";
import type { Outbox } from "./outbox.ts";
import type { Subscription } from "./topic-store.ts";

/** What fauxqs hands over for one subscription: the text (raw delivery) or SNS' envelope around it. */
export interface Delivery {
  readonly body: string;
  readonly messageAttributes: Readonly<Record<string, { DataType: string; StringValue?: string }>>;
  readonly messageGroupId?: string | undefined;
  readonly messageDeduplicationId?: string | undefined;
}

interface Envelope {
  readonly Subject: string | null;
  readonly Message: string;
  readonly SigningCertURL: string;
  readonly UnsubscribeURL: string;
}

/**
 * Brings a message to one subscriber. A failure is SNS' own business: the publisher never hears of it, the person at the
 * terminal does.
 * @returns whether the subscriber has it
 */
export async function deliver(
  context: CloudContext,
  outbox: Outbox,
  subscription: Subscription,
  delivery: Delivery,
  structured: boolean,
): Promise<boolean> {
  const message = structured ? unstructured(subscription, delivery) : delivery;
  try {
    if (subscription.protocol === "sqs") await toQueue(context, subscription, message);
    else if (subscription.protocol === "lambda") await toFunction(context, subscription, message);
    else toMailbox(outbox, subscription, message);
    return true;
  } catch (error) {
    context.report(
      `${subscription.topicArn} could not deliver to ${subscription.endpoint}: ${String(error)}`,
    );
    return false;
  }
}

/** Puts the protocol's own text into the place of the structured message. */
function unstructured(subscription: Subscription, delivery: Delivery): Delivery {
  if (isRaw(subscription)) return { ...delivery, body: textFor(subscription.protocol, delivery.body) };
  const envelope = JSON.parse(delivery.body) as Envelope;
  return {
    ...delivery,
    body: JSON.stringify({ ...envelope, Message: textFor(subscription.protocol, envelope.Message) }),
  };
}

async function toQueue(context: CloudContext, subscription: Subscription, delivery: Delivery): Promise<void> {
  const { Policy: policy } = await context.queues.attributes(subscription.endpoint);
  const allowed = context.identity.servicePrincipalAllowed({
    service: "sns.amazonaws.com",
    action: "sqs:SendMessage",
    resource: subscription.endpoint,
    policy,
    conditions: { "aws:SourceArn": subscription.topicArn },
  });
  if (!allowed) throw new Error("the queue's policy does not allow sns.amazonaws.com to sqs:SendMessage");
  const attributes = Object.entries(delivery.messageAttributes).map(([name, value]) => [
    name,
    { dataType: value.DataType, stringValue: value.StringValue ?? "" },
  ]);
  await context.queues.send(subscription.endpoint, {
    body: delivery.body,
    attributes: Object.fromEntries(attributes) as Record<string, { dataType: string; stringValue: string }>,
    ...(delivery.messageGroupId === undefined ? {} : { groupId: delivery.messageGroupId }),
    ...(delivery.messageDeduplicationId === undefined
      ? {}
      : { deduplicationId: delivery.messageDeduplicationId }),
  });
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
async function toFunction(
  context: CloudContext,
  subscription: Subscription,
  delivery: Delivery,
): Promise<void> {
  const { SigningCertURL, UnsubscribeURL, ...rest } = JSON.parse(delivery.body) as Envelope;
  const record = {
    EventSource: "aws:sns",
    EventVersion: "1.0",
    EventSubscriptionArn: subscription.arn,
    Sns: { ...rest, SigningCertUrl: SigningCertURL, UnsubscribeUrl: UnsubscribeURL },
  };
  const caller = { service: "sns.amazonaws.com", sourceArn: subscription.topicArn };
  await context.functions.invokeAsync(subscription.endpoint, { Records: [record] }, caller);
}

function toMailbox(outbox: Outbox, subscription: Subscription, delivery: Delivery): void {
  const envelope = JSON.parse(delivery.body) as Envelope;
  outbox.add({
    to: subscription.endpoint,
    topicArn: subscription.topicArn,
    subject: envelope.Subject ?? "AWS Notification Message",
    body: subscription.protocol === "email-json" ? delivery.body : envelope.Message,
  });
}

function isRaw(subscription: Subscription): boolean {
  return subscription.attributes["RawMessageDelivery"] === "true";
}
