import type { CloudContext, TopicPort } from "../context/cloud-context.ts";
import { measures, type MeasureCounter } from "../context/metric.ts";
import { AwsError } from "../gateway/aws-error.ts";
import { deliver } from "./delivery.ts";
import { type FauxqsAnswer, fauxqsApp } from "./fauxqs-app.ts";
import { checkMessage } from "./message-rules.ts";
import type { Outbox } from "./outbox.ts";
import { elementOf, publishBatch } from "./publish-batch.ts";
import { checkSubscriptionAttributes } from "./subscription-attributes.ts";
import { checkProtocol, type TopicStore } from "./topic-store.ts";

/** Answers one SNS call; a publish is answered when its deliveries are done. @throws AwsError InvalidParameter */
export type CallTopics = (form: URLSearchParams) => Promise<FauxqsAnswer>;

export function createCaller(
  context: CloudContext,
  store: TopicStore,
  outbox: Outbox,
  counter: MeasureCounter,
): CallTopics {
  const fauxqs = fauxqsApp(store);
  const call: CallTopics = async (form) => {
    if (form.get("Action") === "PublishBatch") return publishBatch(form, call);
    const structure = form.get("MessageStructure") ?? undefined;
    const body = form.get("Message");
    checkMessage({
      ...(form.get("Subject") === null ? {} : { subject: String(form.get("Subject")) }),
      ...(body === null ? {} : { body }),
      ...(structure === undefined ? {} : { structure }),
    });
    if (form.get("Action") === "Subscribe") checkProtocol(form.get("Protocol") ?? "");
    if (form.get("Action") === "SetSubscriptionAttributes") {
      const { protocol } = store.subscription(form.get("SubscriptionArn") ?? "") ?? {};
      const name = form.get("AttributeName");
      if (protocol !== undefined && name !== null)
        checkSubscriptionAttributes(protocol, { [name]: form.get("AttributeValue") ?? "" });
    }
    const deliveries: Promise<void>[] = [];
    const answer = await fauxqs.call(form, (subscription, delivery) => {
      const delivered = deliver(context, outbox, subscription, delivery, structure === "json");
      deliveries.push(delivered.then((isThere) => count(counter, subscription.topicArn, isThere)));
    });
    await Promise.all(deliveries);
    return answer;
  };
  return call;
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html */
function count(counter: MeasureCounter, topicArn: string, isDelivered: boolean): void {
  const TopicName = topicArn.slice(topicArn.lastIndexOf(":") + 1);
  const NumberOfNotificationsDelivered = Number(isDelivered);
  counter.add(
    measures(
      "AWS/SNS",
      { TopicName },
      { NumberOfNotificationsDelivered, NumberOfNotificationsFailed: 1 - NumberOfNotificationsDelivered },
    ),
  );
}

/** Topics for the other services of the cloud. */
export function createTopicPort(context: CloudContext, store: TopicStore, call: CallTopics): TopicPort {
  return {
    async publish(topicArn, message, caller) {
      const topic = store.topic(topicArn);
      if (topic === undefined) throw new AwsError("NotFound", "Topic does not exist", 404);
      const allowed =
        caller === undefined ||
        // The policy that SNS gives to a new topic lets the account's own alarms publish.
        (caller.service === "cloudwatch.amazonaws.com" && topic.attributes["Policy"] === undefined) ||
        context.identity.servicePrincipalAllowed({
          service: caller.service,
          action: "sns:Publish",
          resource: topicArn,
          policy: topic.attributes["Policy"],
          conditions: { "aws:SourceArn": caller.sourceArn },
        });
      if (!allowed) {
        const text = `User: ${caller.service} is not authorized to perform: SNS:Publish on resource: ${topicArn} because no resource-based policy allows the SNS:Publish action`;
        throw new AwsError("AuthorizationError", text, 403);
      }
      const subject = message.subject === undefined ? {} : { Subject: message.subject };
      const answer = await call(
        new URLSearchParams({ Action: "Publish", TopicArn: topicArn, Message: message.body, ...subject }),
      );
      if (answer.status === 200) return;
      throw new AwsError(
        elementOf(answer, "Code") ?? "InternalError",
        elementOf(answer, "Message") ?? answer.body,
        answer.status,
      );
    },
  };
}
