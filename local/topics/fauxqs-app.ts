import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import { type BuildAppOptions, buildApp } from "fauxqs";
import { AwsError } from "../gateway/aws-error.ts";
import { escapeXml } from "../gateway/xml.ts";
import type { Delivery } from "./delivery.ts";
import type { Subscription, Topic, TopicStore } from "./topic-store.ts";

export interface FauxqsAnswer {
  readonly status: number;
  /** XML */
  readonly body: string;
}

type Deliver = (subscription: Subscription, delivery: Delivery) => void;

/**
 * fauxqs reads SNS' form, words its XML and matches filter policies. The topics behind it are ours: its own are lost at a
 * stop, and it delivers to queues only. So it is told that every subscriber is a queue, and what it puts into one is ours
 * to deliver.
 */
export function fauxqsApp(store: TopicStore): {
  /** `deliver` is called for each subscription whose filter lets the message through. */
  call(form: URLSearchParams, deliver: Deliver): Promise<FauxqsAnswer>;
} {
  const publishing = new AsyncLocalStorage<Deliver>();
  const deliver = (arn: string, delivery: Delivery) => {
    const subscription = store.subscription(arn);
    if (subscription !== undefined) publishing.getStore()?.(subscription, delivery);
  };
  const stores = {
    snsStore: snsStore(store),
    sqsStore: { getQueueByArn: (arn: string) => mailbox(arn, deliver), shutdown: () => undefined },
    s3Store: {},
  } as unknown as NonNullable<BuildAppOptions["stores"]>;
  const app = buildApp({ logger: false, stores });
  // inject() breaks the chain of asynchronous contexts; the handler runs inside of this hook.
  const calls = new Map<string, Deliver>();
  app.addHook("preHandler", (request, _reply, done) => {
    const call = calls.get(String(request.headers[CALL_ID]));
    if (call === undefined) throw new Error("a request of nobody");
    publishing.run(call, done);
  });
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof AwsError)) throw error;
    const text = `<Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>`;
    return reply
      .status(error.status)
      .type("text/xml")
      .send(`<ErrorResponse><Error><Type>Sender</Type>${text}</Error></ErrorResponse>`);
  });
  return {
    async call(form, onDelivery) {
      const id = randomUUID();
      calls.set(id, onDelivery);
      try {
        const response = await app.inject({
          method: "POST",
          url: "/",
          headers: { "content-type": "application/x-www-form-urlencoded", [CALL_ID]: id },
          payload: form.toString(),
        });
        return { status: response.statusCode, body: response.body };
      } finally {
        calls.delete(id);
      }
    },
  };
}

/** Header that tells a request's deliveries from those of another. */
const CALL_ID = "x-call-id";

/** Takes the place of the queue that fauxqs puts a published message into. */
function mailbox(subscriptionArn: string, deliver: (arn: string, delivery: Delivery) => void): unknown {
  return { isFifo: () => false, enqueue: (delivery: Delivery) => deliver(subscriptionArn, delivery) };
}

/** A policy has a scope, also where nobody gave it one. */
function withScope(subscription: Subscription | undefined): Subscription | undefined {
  if (subscription?.attributes["FilterPolicy"] !== undefined) {
    subscription.attributes["FilterPolicyScope"] ??= "MessageAttributes";
  }
  return subscription;
}

/** Marks the subscriptions of a topic as fauxqs' fan-out sees them. */
const FAN_OUT = "fan-out ";

/** The part of fauxqs' SnsStore that its actions use. */
function snsStore(store: TopicStore): unknown {
  const view = (topic: Topic | undefined) =>
    topic && {
      ...topic,
      get subscriptionArns() {
        return store.subscriptions(topic.arn).map((subscription) => FAN_OUT + subscription.arn);
      },
    };
  const listed = (subscriptions: readonly Subscription[]) =>
    subscriptions.map((subscription) =>
      subscription.confirmed ? subscription : { ...subscription, arn: "PendingConfirmation" },
    );
  return {
    createTopic: (name: string, attributes?: Record<string, string>, tags?: Record<string, string>) =>
      store.create(name, attributes, tags),
    deleteTopic: (arn: string) => store.remove(arn),
    getTopic: (arn: string) => view(store.topic(arn)),
    listTopics: () => store.topics(),
    subscribe(topicArn: string, protocol: string, endpoint: string, attributes?: Record<string, string>) {
      const subscription = store.subscribe(topicArn, protocol, endpoint, attributes);
      return subscription.confirmed ? subscription : { ...subscription, arn: "pending confirmation" };
    },
    unsubscribe: (arn: string) => store.unsubscribe(arn),
    getSubscription(arn: string) {
      if (!arn.startsWith(FAN_OUT)) return withScope(store.subscription(arn));
      const subscription = store.subscription(arn.slice(FAN_OUT.length));
      return subscription && { ...subscription, protocol: "sqs", endpoint: subscription.arn };
    },
    listSubscriptions: () => listed(store.subscriptions()),
    listSubscriptionsByTopic: (topicArn: string) => listed(store.subscriptions(topicArn)),
  };
}
