import { CreateTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { startWholeCloud } from "#test/local/support/whole-cloud.ts";

/** A whole cloud with a topic. */
export async function startTopicCloud() {
  const test = await startWholeCloud();
  const sns = new SNSClient(test.client());
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "topic" }));
  return {
    cloud: test.cloud,
    sns,
    TopicArn,
    async end() {
      sns.destroy();
      await test.end();
    },
  };
}

export type TopicCloud = Awaited<ReturnType<typeof startTopicCloud>>;
