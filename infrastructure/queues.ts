import { arnOf, policyDocument, ref, type Resource, type Resources, type Statement } from "./template.ts";
import type { Settings } from "./settings.ts";

export const FOURTEEN_DAYS_SECONDS = 1_209_600;

/** A queue and where its messages go that fail too often. */
export interface QueueWithDeadLetters {
  /** "Intake" makes IntakeQueue and IntakeDeadLetterQueue. */
  readonly name: string;
  readonly fifo?: boolean;
  readonly delaySeconds?: number;
  readonly visibilitySeconds: number;
  readonly maxReceives: number;
  /** How long a message may wait; SQS' default is four days. */
  readonly retentionSeconds?: number;
  /** Logical ids of the rules that send into it; what they cannot deliver goes to its dead-letter queue. */
  readonly rules?: readonly string[];
}

/** Every queue of the service, encrypted, reachable over TLS only, and open to exactly the rules that feed it. */
export function queues(settings: Settings, scheduleRules: readonly string[]): Resources {
  return {
    ...queueWithDeadLetters({
      name: "Intake",
      visibilitySeconds: settings.visibilitySeconds,
      maxReceives: 5,
      rules: ["UploadRule", "RequestRule", ...scheduleRules],
    }),
    // One message group: one dispatch at a time sees all pipelines. A crash holds it for the visibility timeout.
    ...queueWithDeadLetters({
      name: "Dispatch",
      fifo: true,
      delaySeconds: settings.dispatchDelaySeconds,
      visibilitySeconds: 90,
      maxReceives: 3,
    }),
    // Delays of single messages, which a FIFO queue does not have.
    ...queueWithDeadLetters({ name: "Wake", visibilitySeconds: 60, maxReceives: 5 }),
    ...queueWithDeadLetters({
      name: "TaskEvents",
      visibilitySeconds: settings.visibilitySeconds,
      maxReceives: 5,
      rules: ["TaskStateRule"],
    }),
    // What could not be told to administrators, and ticks that found no sweep.
    NoticesDeadLetterQueue: deadLetterQueue(false),
    NoticesDeadLetterQueuePolicy: queuePolicy("NoticesDeadLetterQueue", [
      "FailureRule",
      "ServiceRule",
      "SweepRule",
    ]),
  };
}

export function queueWithDeadLetters(spec: QueueWithDeadLetters): Resources {
  const fifo = spec.fifo === true;
  const queue = `${spec.name}Queue`;
  const deadLetters = `${spec.name}DeadLetterQueue`;
  const rules = spec.rules ?? [];
  return {
    [queue]: {
      Type: "AWS::SQS::Queue",
      Properties: {
        ...(fifo ? { FifoQueue: true } : {}),
        ...(spec.delaySeconds === undefined ? {} : { DelaySeconds: spec.delaySeconds }),
        VisibilityTimeout: spec.visibilitySeconds,
        ...(spec.retentionSeconds === undefined ? {} : { MessageRetentionPeriod: spec.retentionSeconds }),
        SqsManagedSseEnabled: true,
        RedrivePolicy: { deadLetterTargetArn: arnOf(deadLetters), maxReceiveCount: spec.maxReceives },
      },
    },
    [deadLetters]: deadLetterQueue(fifo),
    [`${queue}Policy`]: queuePolicy(queue, rules),
    [`${deadLetters}Policy`]: queuePolicy(deadLetters, rules),
  };
}

/** Kept as long as SQS can, for a person has to look. */
function deadLetterQueue(fifo: boolean): Resource {
  return {
    Type: "AWS::SQS::Queue",
    Properties: {
      ...(fifo ? { FifoQueue: true } : {}),
      MessageRetentionPeriod: FOURTEEN_DAYS_SECONDS,
      SqsManagedSseEnabled: true,
    },
  };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html */
function queuePolicy(queue: string, rules: readonly string[]): Resource {
  const statements: Statement[] = [
    {
      Sid: "OnlyOverTls",
      Effect: "Deny",
      Principal: "*",
      Action: "sqs:*",
      Resource: arnOf(queue),
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ];
  if (rules.length > 0) {
    statements.push({
      Sid: "FromItsRules",
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: arnOf(queue),
      Condition: { ArnEquals: { "aws:SourceArn": rules.map(arnOf) } },
    });
  }
  return {
    Type: "AWS::SQS::QueuePolicy",
    Properties: { Queues: [ref(queue)], PolicyDocument: policyDocument(statements) },
  };
}
