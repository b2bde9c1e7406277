import type { CloudClock, CloudContext, QueueMessage, ServiceCaller } from "#local/context/cloud-context.ts";
import { AwsError } from "#local/gateway/aws-error.ts";

/** A clock that a test moves. */
export class TestClock implements CloudClock {
  #offset = 0;

  now(): number {
    return Date.now() + this.#offset;
  }

  advance(milliseconds: number): void {
    this.#offset += milliseconds;
  }
}

interface Invocation {
  readonly functionArn: string;
  readonly payload: unknown;
  readonly caller: ServiceCaller | undefined;
}

/** The services beside EventBridge, as far as it sees them: they keep what they are sent and fail when a test says so. */
export class Neighbours {
  readonly clock = new TestClock();
  readonly queues = new Map<string, { messages: QueueMessage[]; policy: string | undefined }>();
  readonly invocations: Invocation[] = [];
  readonly published: { topicArn: string; body: string; caller: ServiceCaller | undefined }[] = [];
  readonly tasks: Readonly<Record<string, unknown>>[] = [];
  /** Taken from the front, one for each call to a target. */
  readonly failures: Error[] = [];

  addQueue(name: string, policy?: unknown): string {
    const arn = `arn:aws:sqs:us-east-1:000000000000:${name}`;
    this.queues.set(arn, { messages: [], policy: policy === undefined ? undefined : JSON.stringify(policy) });
    return arn;
  }

  messages(arn: string): readonly QueueMessage[] {
    return this.queues.get(arn)?.messages ?? [];
  }

  bodies(arn: string): unknown[] {
    return this.messages(arn).map(({ body }) => JSON.parse(body) as unknown);
  }

  ports(): Partial<CloudContext> {
    const queue = (arn: string) => {
      const found = this.queues.get(arn);
      if (found !== undefined) return found;
      throw new AwsError("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.");
    };
    return {
      clock: this.clock,
      queues: {
        send: async (arn, message) => {
          this.#fail();
          queue(arn).messages.push(message);
        },
        attributes: async (arn) => {
          const { policy } = queue(arn);
          return policy === undefined ? {} : { Policy: policy };
        },
        receive: async () => [],
        delete: async () => undefined,
        changeVisibility: async () => undefined,
      },
      functions: {
        invokeAsync: async (functionArn, payload, caller) => {
          this.#fail();
          this.invocations.push({ functionArn, payload, caller });
        },
      },
      topics: {
        publish: async (topicArn, { body }, caller) => {
          this.#fail();
          this.published.push({ topicArn, body, caller });
        },
      },
      tasks: {
        runTask: async (input) => {
          this.#fail();
          this.tasks.push(input);
        },
      },
      identity: {
        secretAccessKeyOf: () => undefined,
        credentialsFor: () => {
          throw new Error("no credentials are asked for");
        },
        roleAllowed: (roleArn) => !roleArn.endsWith("powerless"),
        isTrustedBy: (roleArn) => !roleArn.endsWith("untrusted"),
        // The rule of IAM that matters here: without a policy a service principal may do nothing.
        servicePrincipalAllowed: ({ policy, conditions }) => {
          const sources = (policy as { rules?: readonly string[] } | undefined)?.rules ?? [];
          return sources.includes("*") || sources.includes(conditions?.["aws:SourceArn"] ?? "");
        },
      },
    };
  }

  #fail(): void {
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
  }
}

/** Looks again and again until `found` gives something. @throws Error after 20 seconds */
export async function eventually<T>(found: () => T | undefined | false): Promise<T> {
  const end = Date.now() + 20_000;
  while (Date.now() < end) {
    const value = found();
    if (value !== undefined && value !== false) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`In vain: ${found.toString()}`);
}

/** A queue policy that lets rules send: in these tests its `rules` are the ARNs, or "*". */
export const OPEN = { rules: ["*"] };
