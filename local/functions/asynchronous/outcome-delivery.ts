import type { CloudContext } from "../../context/cloud-context.ts";
import type { InvocationOutcome } from "../environments/invocation-outcome.ts";
import { parseFunctionName } from "../function-name.ts";
import type { EventInvokeConfig } from "../function-record.ts";
import type { FunctionStore, ResolvedFunction } from "../function-store.ts";
import type { AsyncInvocations } from "./async-invocations.ts";
import type { AsyncEvent } from "./async-journal.ts";

export type OutcomeCondition = "Success" | "RetriesExhausted" | "EventAgeExceeded";

interface Outcome {
  readonly event: AsyncEvent;
  readonly target: ResolvedFunction;
  readonly rules: EventInvokeConfig;
  readonly condition: OutcomeCondition;
  /** Absent where the event was given up before it ran. */
  readonly outcome: InvocationOutcome | undefined;
}

interface Receivers {
  readonly context: CloudContext;
  readonly store: FunctionStore;
  readonly asynchronous: AsyncInvocations;
}

/**
 * Sends the outcome of an asynchronous invocation to the function's destination, and a failed event to its dead-letter
 * queue. A destination that cannot be reached is reported: in AWS it only counts in DestinationDeliveryFailures.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export async function deliverOutcome(receivers: Receivers, settled: Outcome): Promise<void> {
  const { rules, condition, target } = settled;
  const destination = condition === "Success" ? rules.onSuccess : rules.onFailure;
  if (destination !== undefined)
    await tried(receivers, destination, () => toDestination(receivers, destination, settled));
  const { deadLetterArn } = target.configuration;
  if (condition !== "Success" && deadLetterArn !== undefined) {
    await tried(receivers, deadLetterArn, () => toDeadLetters(receivers.context, deadLetterArn, settled));
  }
}

async function tried({ context }: Receivers, arn: string, deliver: () => Promise<void>): Promise<void> {
  try {
    await deliver();
  } catch (error) {
    context.report(`the outcome of an asynchronous invocation did not reach ${arn}: ${String(error)}`);
  }
}

async function toDestination(
  { context, store, asynchronous }: Receivers,
  arn: string,
  settled: Outcome,
): Promise<void> {
  const record = invocationRecord(context, settled);
  switch (arn.split(":")[2]) {
    case "sqs":
      return context.queues.send(arn, { body: JSON.stringify(record) });
    case "sns":
      return context.topics.publish(arn, { body: JSON.stringify(record) });
    case "lambda": {
      asynchronous.accept(store.resolve(parseFunctionName(arn)), JSON.stringify(record));
      return;
    }
    case "events":
      return context.events.put([
        {
          source: "lambda",
          "detail-type": `Lambda Function Invocation Result - ${settled.condition === "Success" ? "Success" : "Failure"}`,
          detail: record,
          resources: [arn, record.requestContext.functionArn],
        },
      ]);
    default:
      throw new Error(`${arn} is no destination`);
  }
}

function invocationRecord(context: CloudContext, { event, target, condition, outcome }: Outcome) {
  return {
    version: "1.0",
    timestamp: new Date(context.clock.now()).toISOString(),
    requestContext: {
      requestId: event.requestId,
      functionArn: target.arn.endsWith(`:${target.qualifier}`)
        ? target.arn
        : `${target.arn}:${target.qualifier}`,
      condition,
      approximateInvokeCount: event.failures + (condition === "Success" ? 1 : 0),
    },
    requestPayload: JSON.parse(event.payload) as unknown,
    ...(outcome === undefined
      ? {}
      : {
          responseContext: {
            statusCode: 200,
            executedVersion: outcome.executedVersion,
            ...(outcome.functionError === undefined ? {} : { functionError: outcome.functionError }),
          },
          responsePayload: JSON.parse(outcome.payload.toString("utf8") || "null") as unknown,
        }),
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq */
async function toDeadLetters(context: CloudContext, arn: string, { event, outcome }: Outcome): Promise<void> {
  if (!arn.includes(":sqs:")) return context.topics.publish(arn, { body: event.payload });
  const text = (stringValue: string) => ({ dataType: "String", stringValue });
  const attributes = {
    RequestID: text(event.requestId),
    ErrorCode: { dataType: "Number", stringValue: outcome === undefined ? "429" : "200" },
    ErrorMessage: text(errorMessage(outcome).slice(0, 1024)),
  };
  return context.queues.send(arn, { body: event.payload, attributes });
}

function errorMessage(outcome: InvocationOutcome | undefined): string {
  if (outcome === undefined) return "The event was not processed before its maximum age";
  const document = JSON.parse(outcome.payload.toString("utf8") || "null") as { errorMessage?: string } | null;
  return document?.errorMessage === undefined || document.errorMessage === ""
    ? "unknown"
    : document.errorMessage;
}
