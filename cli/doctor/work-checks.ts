import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { pipelines } from "#pipelines";
import type { Check, Finding } from "./check.ts";
import { resourcesOf } from "./ground.ts";

/** Messages that nobody could work on. */
export const deadLetters: Check = {
  name: "dead letters",
  async run(ground) {
    const sqs = new SQSClient(ground.options);
    const queues = resourcesOf(ground, "AWS::SQS::Queue").filter(({ logicalId }) =>
      logicalId.includes("DeadLetter"),
    );
    const found = await Promise.all(
      queues.map(async ({ logicalId, physicalId }): Promise<Finding[]> => {
        const { Attributes = {} } = await sqs.send(
          new GetQueueAttributesCommand({
            QueueUrl: physicalId,
            AttributeNames: ["ApproximateNumberOfMessages", "QueueArn"],
          }),
        );
        const messages = Number(Attributes["ApproximateNumberOfMessages"] ?? 0);
        if (messages === 0) return [];
        const isWakeUps = /^(Dispatch|Wake)DeadLetter/.test(logicalId);
        return [
          {
            severity: isWakeUps ? "warning" : "error",
            what: `${logicalId} holds ${messages} ${messages === 1 ? "message" : "messages"}.`,
            toDo: isWakeUps
              ? `They carry no work, sweep wakes dispatch anyway; find out in the log why it failed, then: aws sqs purge-queue --queue-url ${physicalId}`
              : `Read one (aws sqs receive-message --queue-url ${physicalId}), remove its cause, and send them back: aws sqs start-message-move-task --source-arn ${Attributes["QueueArn"] ?? ""}`,
          },
        ];
      }),
    );
    return found.flat();
  },
};

/** Pipelines that launch nothing. */
export const pauses: Check = {
  name: "pipelines",
  async run({ operator, stage }) {
    const states = await operator.pipelineStore.readPipelines(Object.keys(pipelines));
    return [...states.values()]
      .filter(({ paused }) => paused)
      .map(({ pipeline }): Finding => ({
        severity: "warning",
        what: `Pipeline ${pipeline} is paused: what comes waits.`,
        toDo: `npx slipway --stage ${stage.name} resume ${pipeline}`,
      }));
  },
};
