import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { pipelines } from "#pipelines";
import type { JobStore } from "#core/ports/job-store.ts";
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

/** More are not counted. */
const MOST_COUNTED = 100;

/** Also what is to be tried again later. */
const WHENEVER = "9999-12-31T23:59:59.999Z";

/** Work that nothing runs, in the hour before sweep fails it. */
export const removedPipelines: Check = {
  name: "removed pipelines",
  async run({ operator }) {
    const known = await operator.pipelineStore.readKnownPipelines();
    const removed = Object.keys(known).filter((name) => !Object.hasOwn(pipelines, name));
    const waiting = await operator.jobs.nextDue(removed);
    return Promise.all(
      [...waiting.keys()].map(async (pipeline): Promise<Finding> => ({
        severity: "warning",
        what: `${await waitingInWords(pipeline, operator.jobs)} for pipeline ${pipeline}, which is not in pipelines.ts any more.`,
        toDo: "They fail an hour after its removal; put it back and deploy to have them done.",
      })),
    );
  },
};

async function waitingInWords(pipeline: string, jobs: Pick<JobStore, "listDue">): Promise<string> {
  const { length } = await jobs.listDue({ pipeline, dueBy: WHENEVER, limit: MOST_COUNTED });
  if (length === MOST_COUNTED) return `${length} or more jobs wait`;
  return length === 1 ? "1 job waits" : `${length} jobs wait`;
}
