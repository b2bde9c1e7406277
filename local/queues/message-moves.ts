import { randomUUID } from "node:crypto";
import type { CloudContext } from "../context/cloud-context.ts";
import { AwsError } from "../gateway/aws-error.ts";
import { redriveOf } from "./queue-attributes.ts";
import type { QueueStore } from "./queue-store.ts";

type Input = Record<string, unknown>;

/**
 * Moves dead letters back to where they came from, or to another queue. On a laptop a move is over before it is answered.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
 */
export class MessageMoves {
  readonly #context: CloudContext;
  readonly #store: QueueStore;
  /** Newest first. */
  #done: readonly Input[] = [];

  constructor(context: CloudContext, store: QueueStore) {
    this.#context = context;
    this.#store = store;
  }

  /** @throws AwsError ResourceNotFoundException, InvalidParameterValue */
  start(input: Input): Input {
    const sourceArn = String(input["SourceArn"]);
    const source = this.#store.byArn(sourceArn);
    if (source === undefined) throw notFound();
    if (!this.#isDeadLetterQueue(sourceArn)) {
      throw new AwsError("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.");
    }
    const destination = input["DestinationArn"] === undefined ? undefined : String(input["DestinationArn"]);
    if (destination !== undefined && this.#store.byArn(destination) === undefined) throw notFound();
    const now = this.#context.clock.now();
    let moved = 0;
    for (const message of source.messages().filter((candidate) => candidate.visibleAt <= now)) {
      const target = this.#store.byArn(destination ?? message.deadLetterSource ?? "");
      if (target === undefined) continue;
      source.remove(message);
      target.adopt({ ...message, approximateReceiveCount: 0 }, undefined);
      moved += 1;
    }
    const task = {
      Status: "COMPLETED",
      SourceArn: sourceArn,
      DestinationArn: destination,
      ApproximateNumberOfMessagesMoved: moved,
      ApproximateNumberOfMessagesToMove: moved,
      StartedTimestamp: now,
    };
    this.#done = [task, ...this.#done];
    return { TaskHandle: randomUUID() };
  }

  list(input: Input): Input {
    const own = this.#done.filter((task) => task["SourceArn"] === input["SourceArn"]);
    return { Results: own.slice(0, Number(input["MaxResults"] ?? 1)) };
  }

  #isDeadLetterQueue(arn: string): boolean {
    return this.#store.all().some((queue) => {
      const policy = queue.attributes["RedrivePolicy"];
      return policy !== undefined && redriveOf(policy).deadLetterTargetArn === arn;
    });
  }
}

function notFound(): AwsError {
  return new AwsError(
    "ResourceNotFoundException",
    "The resource that you specified for the SourceArn parameter doesn't exist.",
  );
}
