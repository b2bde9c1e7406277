import type { FauxqsAnswer, FauxqsCall } from "./fauxqs-actions.ts";
import type { Queue } from "./queue.ts";

/**
 * ReceiveMessage with long polling. The waiting is done here, so that nobody takes messages for a client that is gone, and
 * a poll goes on when another was faster.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
 */
export async function receiveMessages(
  queue: Queue | undefined,
  input: Record<string, unknown>,
  signal: AbortSignal,
  call: FauxqsCall,
): Promise<FauxqsAnswer> {
  const waitSeconds = Number(
    input["WaitTimeSeconds"] ?? queue?.attributes["ReceiveMessageWaitTimeSeconds"] ?? 0,
  );
  // fauxqs checks the input; it is asked without waiting except where it has to refuse the wait itself.
  const canWait = queue !== undefined && waitSeconds > 0 && waitSeconds <= 20;
  const until = Date.now() + waitSeconds * 1000;
  for (;;) {
    const answer = await call("ReceiveMessage", canWait ? { ...input, WaitTimeSeconds: 0 } : input);
    if (answer.status !== 200) return answer;
    const messages = (answer.document["Messages"] ?? []) as Record<string, unknown>[];
    if (messages.length > 0)
      return { ...answer, document: { Messages: messages.map((message) => asRequested(message, input)) } };
    const leftMs = until - Date.now();
    if (!canWait || leftMs <= 0 || signal.aborted) return { ...answer, document: {} };
    await queue.wait(leftMs, signal);
    if (signal.aborted) return { ...answer, document: {} };
  }
}

/** Message attributes come only to those who ask for them. */
function asRequested(
  message: Record<string, unknown>,
  input: Record<string, unknown>,
): Record<string, unknown> {
  if (((input["MessageAttributeNames"] ?? []) as unknown[]).length > 0) return message;
  const { MessageAttributes: _attributes, MD5OfMessageAttributes: _digest, ...rest } = message;
  return rest;
}
