import type { ReceivedMessage } from "../../context/cloud-context.ts";

/** A message attribute as SQS gives it. */
interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** Bytes, or base64 where the queue gives text. */
  readonly BinaryValue?: string | Uint8Array;
}

/**
 * The event that a function gets for a batch of messages.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
 */
export function sqsEvent(
  queueArn: string,
  region: string,
  messages: readonly ReceivedMessage[],
): { Records: readonly unknown[] } {
  return {
    Records: messages.map((message) => ({
      messageId: message.messageId,
      receiptHandle: message.receiptHandle,
      body: message.body,
      attributes: message.attributes,
      messageAttributes: Object.fromEntries(
        Object.entries(message.messageAttributes).map(([name, value]) => [
          name,
          recordAttribute(value as MessageAttribute),
        ]),
      ),
      md5OfBody: message.md5OfBody,
      eventSource: "aws:sqs",
      eventSourceARN: queueArn,
      awsRegion: region,
    })),
  };
}

function recordAttribute({ DataType, StringValue, BinaryValue }: MessageAttribute) {
  return {
    ...(StringValue === undefined ? {} : { stringValue: StringValue }),
    ...(BinaryValue === undefined
      ? {}
      : {
          binaryValue:
            typeof BinaryValue === "string" ? BinaryValue : Buffer.from(BinaryValue).toString("base64"),
        }),
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType,
  };
}
