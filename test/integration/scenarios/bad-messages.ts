import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { describe, expect, test } from "@jest/globals";
import { uploadCreatedEvent } from "#core/intake/upload-event.ts";
import type { DeployedService } from "../support/deployed-service.ts";
import { eventually } from "../support/eventually.ts";
import { endOf } from "../support/jobs.ts";
import { drained, messagesIn, send } from "../support/queues.ts";
import { sample, upload } from "../support/uploads.ts";

export function badMessages(service: DeployedService): void {
  describe("a message that nobody can read", () => {
    test("goes to the dead letters at once with its reason, and the rest of its batch goes on", async () => {
      const { IntakeQueueUrl, IntakeDeadLetterQueueUrl, EventBus } = service.outputs;
      const key = "images/among-bad-messages.jpg";
      const match = { source: ["aws.s3"], detail: { object: { key: [key] } } };
      await service.cloud.control("events", "faults", { lose: 1, match });
      const uploaded = await upload(service, key, sample("orientation-3.jpg"));
      const version = { ...uploaded, lastModified: new Date().toISOString(), isLatest: true };
      const good = uploadCreatedEvent(version);
      const elsewhere = uploadCreatedEvent({ ...version, bucket: "bucket-of-somebody-else" });

      await send(service, IntakeQueueUrl, [
        "{not json",
        JSON.stringify(elsewhere),
        JSON.stringify(good),
        '{"a":1}',
      ]);
      await service.events.send(
        new PutEventsCommand({
          Entries: [
            {
              EventBusName: EventBus,
              Source: "slipway",
              DetailType: "Job Requested",
              Detail: JSON.stringify({ pipeline: "no-such-pipeline", input: {} }),
            },
          ],
        }),
      );

      const job = await endOf(service, uploaded.jobId);
      const dead = await eventually(
        "four dead letters",
        () => messagesIn(service, IntakeDeadLetterQueueUrl),
        (messages) => messages.length >= 4,
      );
      await drained(service, IntakeQueueUrl);
      expect(job).toMatchObject({ state: "SUCCEEDED", source: { key } });
      const reasons = dead
        .map(({ MessageAttributes = {} }) => MessageAttributes["reason"]?.StringValue)
        .toSorted();
      expect(reasons).toEqual([
        expect.stringMatching(/^bucket "bucket-of-somebody-else" is not the uploads bucket/),
        expect.stringMatching(/^not an EventBridge event/),
        expect.stringMatching(/^not an EventBridge event/),
        expect.stringMatching(
          /^there is no pipeline "no-such-pipeline"; there are: images, renditions, inventory/,
        ),
      ]);
      expect(dead.map(({ Body }) => Body)).toContain("{not json");
    });

    test("on the task-events queue goes to that queue's dead letters", async () => {
      const { TaskEventsQueueUrl, TaskEventsDeadLetterQueueUrl } = service.outputs;
      await send(service, TaskEventsQueueUrl, ["<html>"]);

      const dead = await eventually(
        "a dead letter",
        () => messagesIn(service, TaskEventsDeadLetterQueueUrl),
        (messages) => messages.length > 0,
      );

      expect(dead).toMatchObject([
        {
          Body: "<html>",
          MessageAttributes: {
            reason: { StringValue: expect.stringContaining("neither a task state change") },
          },
        },
      ]);
    });
  });
}
