// Takes messages off QUEUE_URL one by one, each for WORK_MS, and is protected while it holds one.
import { setTimeout as pause } from "node:timers/promises";
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";

const { QUEUE_URL, WORK_MS, ECS_AGENT_URI } = process.env;
const sqs = new SQSClient({});
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());

const protect = async (ProtectionEnabled) => {
  const response = await fetch(`${ECS_AGENT_URI}/task-protection/v1/state`, {
    method: "PUT",
    body: JSON.stringify({ ProtectionEnabled }),
  });
  const { protection } = await response.json();
  return protection?.ProtectionEnabled === ProtectionEnabled;
};

while (!stop.signal.aborted) {
  if (!(await protect(true))) break;
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: QUEUE_URL, WaitTimeSeconds: 0 }),
  );
  for (const { Body, ReceiptHandle } of Messages) {
    await pause(Number(WORK_MS));
    console.log(`done ${Body}`);
    await sqs.send(new DeleteMessageCommand({ QueueUrl: QUEUE_URL, ReceiptHandle }));
  }
  if (Messages.length > 0) continue;
  await protect(false);
  await pause(100);
}
process.exit(0);
