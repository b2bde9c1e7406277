import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, test } from "@jest/globals";
import { requestJobId } from "#core/jobs/job-id.ts";
import type { DeployedService } from "../support/deployed-service.ts";
import { endOf } from "../support/jobs.ts";

export function requests(service: DeployedService): void {
  describe("a request on the bus", () => {
    test("runs its pipeline once, however often it is made with the same key", async () => {
      const idempotencyKey = "look-again-please";
      const Entries = Array.from({ length: 3 }, () => ({
        EventBusName: service.outputs.EventBus,
        Source: "slipway",
        DetailType: "Job Requested",
        Detail: JSON.stringify({ pipeline: "inventory", idempotencyKey, input: { why: "a test" } }),
      }));

      await service.events.send(new PutEventsCommand({ Entries }));

      const job = await endOf(service, requestJobId({ pipeline: "inventory", idempotencyKey }));
      expect(job).toMatchObject({
        state: "SUCCEEDED",
        source: { type: "request", idempotencyKey, input: { why: "a test" } },
        attempts: [{ outcome: "succeeded" }],
        result: { kind: "inventory", reportKey: expect.stringMatching(/^reports\//) },
      });
      const { reportKey } = job.result as { reportKey: string };
      const { Body } = await service.operator.s3.send(
        new GetObjectCommand({ Bucket: service.outputs.ResultsBucket, Key: reportKey }),
      );
      expect(JSON.parse((await Body?.transformToString()) ?? "")).toMatchObject({
        bucket: service.outputs.UploadsBucket,
        pipelines: { images: { tooOld: 0 } },
      });
    });
  });
}
