import type { CloudContext } from "../context/cloud-context.ts";
import { AwsError } from "../gateway/aws-error.ts";
import { Queue } from "./queue.ts";
import { checkAttributes, DEFAULT_ATTRIBUTES, DEFAULT_FIFO_ATTRIBUTES } from "./queue-attributes.ts";
import { checkRedrive } from "./redrive-rules.ts";
import { QueueDatabase } from "./queue-database.ts";

/** All queues of the account, as they were when the cloud last stopped. */
export class QueueStore {
  readonly #context: CloudContext;
  readonly #database: QueueDatabase;
  readonly #queues = new Map<string, Queue>();

  constructor(context: CloudContext) {
    this.#context = context;
    this.#database = new QueueDatabase(context.dataDir);
    for (const record of this.#database.queues()) {
      this.#queues.set(record.name, new Queue(context, this.#database, record));
    }
  }

  all(): Queue[] {
    return [...this.#queues.values()];
  }

  find(name: string): Queue | undefined {
    return this.#queues.get(name);
  }

  /** By URL, whatever host and port stand in it: the cloud may have had another port when it was handed out. */
  byUrl(url: string): Queue | undefined {
    return this.find(url.slice(url.lastIndexOf("/") + 1));
  }

  byArn(arn: string): Queue | undefined {
    const queue = this.find(arn.slice(arn.lastIndexOf(":") + 1));
    return queue?.arn === arn ? queue : undefined;
  }

  /** @throws AwsError InvalidParameterValue, InvalidAttributeName, InvalidAttributeValue, QueueNameExists */
  create(
    name: string,
    attributes: Readonly<Record<string, string>>,
    tags: Readonly<Record<string, string>> = {},
  ): Queue {
    checkName(name, attributes);
    checkAttributes(attributes, name.endsWith(".fifo"));
    checkRedrive(this, `arn:aws:sqs:${this.#context.region}:${this.#context.accountId}:${name}`, attributes);
    const existing = this.find(name);
    if (existing !== undefined) {
      const different = Object.keys(attributes).find((key) => existing.attributes[key] !== attributes[key]);
      if (different === undefined) return existing;
      throw new AwsError(
        "QueueNameExists",
        `A queue already exists with the same name and a different value for attribute ${different}`,
      );
    }
    const fifo = name.endsWith(".fifo") ? { ...DEFAULT_FIFO_ATTRIBUTES, FifoQueue: "true" } : {};
    const now = this.#context.clock.now();
    const queue = new Queue(this.#context, this.#database, {
      name,
      attributes: { ...DEFAULT_ATTRIBUTES, ...fifo, ...attributes },
      tags,
      createdAt: now,
      modifiedAt: now,
    });
    queue.save();
    this.#queues.set(name, queue);
    return queue;
  }

  remove(queue: Queue): void {
    this.#queues.delete(queue.name);
    this.#database.removeQueue(queue.name);
    queue.wake();
  }

  wakeAll(): void {
    for (const queue of this.all()) queue.wake();
  }

  close(): void {
    this.wakeAll();
    this.#database.close();
  }
}

function checkName(name: string, attributes: Readonly<Record<string, string>>): void {
  const fifo = attributes["FifoQueue"] === "true";
  if (name.length <= 80 && /^[\w-]+(\.fifo)?$/.test(name) && fifo === name.endsWith(".fifo")) return;
  const reason = fifo
    ? "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length."
    : "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length";
  throw new AwsError("InvalidParameterValue", reason);
}
