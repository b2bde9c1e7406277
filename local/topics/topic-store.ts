import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { CloudContext } from "../context/cloud-context.ts";
import { StateFile } from "../context/state-file.ts";
import { AwsError } from "../gateway/aws-error.ts";
import { checkSubscriptionAttributes } from "./subscription-attributes.ts";

export interface Topic {
  readonly arn: string;
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly tags: Map<string, string>;
}

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  confirmed: boolean;
  readonly attributes: Record<string, string>;
}

interface State {
  readonly topics: readonly (Omit<Topic, "tags"> & { readonly tags: Readonly<Record<string, string>> })[];
  readonly subscriptions: readonly Subscription[];
}

/** Topics and their subscriptions, kept on disk. */
export class TopicStore {
  readonly #context: CloudContext;
  readonly #file: StateFile<State>;
  readonly #topics: Map<string, Topic>;
  readonly #subscriptions: Map<string, Subscription>;

  constructor(context: CloudContext) {
    this.#context = context;
    this.#file = new StateFile(join(context.dataDir, "topics", "topics.json"));
    const { topics, subscriptions } = this.#file.load({ topics: [], subscriptions: [] });
    this.#topics = new Map(
      topics.map((topic) => [topic.arn, { ...topic, tags: new Map(Object.entries(topic.tags)) }]),
    );
    this.#subscriptions = new Map(subscriptions.map((subscription) => [subscription.arn, subscription]));
  }

  /** Writes down what was changed in a topic or a subscription. */
  save(): void {
    const topics = [...this.#topics.values()].map((topic) => ({
      ...topic,
      tags: Object.fromEntries(topic.tags),
    }));
    this.#file.save({ topics, subscriptions: [...this.#subscriptions.values()] });
  }

  topics(): Topic[] {
    return [...this.#topics.values()];
  }

  topic(arn: string): Topic | undefined {
    return this.#topics.get(arn);
  }

  /** @throws AwsError InvalidParameter where it exists with other attributes */
  create(name: string, attributes: Record<string, string> = {}, tags: Record<string, string> = {}): Topic {
    if (!/^[\w-]{1,256}(\.fifo)?$/.test(name)) throw invalid("Topic Name");
    const arn = `arn:aws:sns:${this.#context.region}:${this.#context.accountId}:${name}`;
    const existing = this.#topics.get(arn);
    if (existing === undefined) {
      const topic = { arn, name, attributes: { ...attributes }, tags: new Map(Object.entries(tags)) };
      this.#topics.set(arn, topic);
      this.save();
      return topic;
    }
    if (Object.entries(attributes).some(([key, value]) => existing.attributes[key] !== value)) {
      throw invalid("Attributes Reason: Topic already exists with different attributes");
    }
    return existing;
  }

  remove(arn: string): boolean {
    for (const { arn: subscriptionArn } of this.subscriptions(arn))
      this.#subscriptions.delete(subscriptionArn);
    const removed = this.#topics.delete(arn);
    this.save();
    return removed;
  }

  subscriptions(topicArn?: string): Subscription[] {
    const all = [...this.#subscriptions.values()];
    return topicArn === undefined ? all : all.filter((subscription) => subscription.topicArn === topicArn);
  }

  subscription(arn: string): Subscription | undefined {
    return this.#subscriptions.get(arn);
  }

  /** The same endpoint twice is the same subscription. @throws AwsError NotFound, InvalidParameter */
  subscribe(
    topicArn: string,
    protocol: string,
    endpoint: string,
    attributes: Record<string, string> = {},
  ): Subscription {
    if (!this.#topics.has(topicArn)) throw new AwsError("NotFound", "Topic does not exist", 404);
    checkEndpoint(protocol, endpoint, topicArn);
    checkSubscriptionAttributes(protocol, attributes);
    const existing = this.subscriptions(topicArn).find(
      (subscription) => subscription.protocol === protocol && subscription.endpoint === endpoint,
    );
    if (existing !== undefined) return existing;
    const arn = `${topicArn}:${randomUUID()}`;
    const confirmed = protocol === "sqs" || protocol === "lambda";
    const subscription = { arn, topicArn, protocol, endpoint, confirmed, attributes: { ...attributes } };
    this.#subscriptions.set(arn, subscription);
    this.save();
    return subscription;
  }

  unsubscribe(arn: string): boolean {
    const removed = this.#subscriptions.delete(arn);
    this.save();
    return removed;
  }
}

/** Those that SNS has, and that mean nothing on a laptop. https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html */
const UNSERVED_PROTOCOLS = ["http", "https", "sms", "application", "firehose"];

/** @throws AwsError InvalidParameter */
export function checkProtocol(protocol: string): void {
  if (UNSERVED_PROTOCOLS.includes(protocol)) {
    throw invalid(`the local cloud does not deliver by ${protocol}`);
  }
  if (!["email", "email-json", "sqs", "lambda"].includes(protocol)) {
    throw invalid(`Amazon SNS does not support this protocol string: ${protocol}`);
  }
}

function checkEndpoint(protocol: string, endpoint: string, topicArn: string): void {
  checkProtocol(protocol);
  if (protocol.startsWith("email") && topicArn.endsWith(".fifo")) {
    throw invalid(`Protocol Reason: FIFO topics do not support the ${protocol} protocol`);
  }
  const form = protocol.startsWith("email") ? /^[^@\s]+@[^@\s]+$/ : new RegExp(`^arn:aws:${protocol}:`);
  if (!form.test(endpoint)) throw invalid(`Endpoint Reason: ${endpoint} is not valid for ${protocol}`);
}

function invalid(what: string): AwsError {
  return new AwsError("InvalidParameter", `Invalid parameter: ${what}`);
}
