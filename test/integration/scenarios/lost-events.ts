import { UpdateItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, test } from "@jest/globals";
import { HourlyReport } from "#events/slipway/hourly-report.ts";
import { scheduleJobId } from "#core/jobs/job-id.ts";
import type { Job, ScheduleTrigger } from "#core/jobs/job.ts";
import { clientOptions } from "../../../cli/stage.ts";
import type { DeployedService } from "../support/deployed-service.ts";
import { endOf, jobThat } from "../support/jobs.ts";
import { eventually } from "../support/eventually.ts";
import { drained, send } from "../support/queues.ts";
import { sample, upload } from "../support/uploads.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export function lostEvents(service: DeployedService): void {
  describe("the hourly tick", () => {
    const ticked: { job?: Job } = {};
    const tickOf = (job: Job | undefined): ScheduleTrigger => {
      if (job?.source.type !== "schedule") throw new Error("That job is no tick's.");
      return job.source;
    };

    test("heals three uploads whose events were lost", async () => {
      const keys = ["one", "two", "three"].map((name) => `images/lost/${name}.jpg`);
      const match = { source: ["aws.s3"], detail: { object: { key: keys } } };
      await service.cloud.control("events", "faults", { lose: keys.length, match });
      const lost = await Promise.all(keys.map((key) => upload(service, key, sample("orientation-5.jpg"))));
      const seen = await upload(service, "images/lost/seen.jpg", sample("orientation-5.jpg"));
      await endOf(service, seen.jobId);
      for (const { jobId } of lost) expect(await service.operator.jobs.readJob(jobId)).toBeUndefined();

      service.cloud.advanceClock(HOUR_MS);

      for (const [index, { jobId }] of lost.entries()) {
        const recorded = await jobThat(service, jobId, "is recorded", () => true);
        expect(recorded.source).not.toHaveProperty("sequencer");
        expect(await endOf(service, jobId)).toMatchObject({
          state: "SUCCEEDED",
          source: { key: keys[index] },
        });
      }
      expect(await service.cloud.control("events", "faults", {})).toEqual({ lost: 3, doubled: 0 });
    });

    test("writes the hour's report, for programs and for people", async () => {
      const [job] = await eventually(
        "the tick's job has ended",
        async () =>
          (await service.operator.jobs.listRecent({ pipeline: "inventory", limit: 20 })).filter(
            ({ source, state }) => source.type === "schedule" && state === "SUCCEEDED",
          ),
        (jobs) => jobs.some(({ result }) => (result as { sent: number }).sent === 3),
      );
      ticked.job = job as Job;

      const report = HourlyReport.parse(await reportOf(service, ticked.job));
      expect(report).toMatchObject({
        tick: tickOf(job).tick,
        pipelines: { images: { sent: 3, tooOld: 0, outOfWindow: 0 } },
        hour: { total: { jobs: expect.any(Number) }, pipelines: { images: { runs: expect.any(Number) } } },
      });
      expect(report.hour.total.succeeded).toBeGreaterThan(0);
      const page = await service.operator.s3.send(
        new GetObjectCommand({
          Bucket: service.outputs.ResultsBucket,
          Key: (ticked.job.result as { pageKey: string }).pageKey,
        }),
      );
      expect(page.ContentType).toBe("text/html; charset=utf-8");
      expect(await page.Body?.transformToString()).toContain("3 uploads whose event was lost got a job.");
    });

    test("runs once when it is delivered twice", async () => {
      const { ruleArn, tick } = tickOf(ticked.job);
      await send(service, service.outputs.IntakeQueueUrl, [
        scheduledEvent(ruleArn, tick),
        scheduledEvent(ruleArn, tick),
      ]);
      await drained(service, service.outputs.IntakeQueueUrl);
      await drained(service, service.outputs.DispatchQueueUrl);

      expect(await service.operator.jobs.readJob(ticked.job?.jobId ?? "")).toEqual(ticked.job);
    });

    test("does not bring back a job that ended long ago and expired", async () => {
      const { jobId } = await upload(service, "images/lost/expired.jpg", sample("orientation-7.jpg"));
      const job = await endOf(service, jobId);
      await expire(service, jobId);
      const { ruleArn } = tickOf(ticked.job);
      const tick = new Date(Date.parse(job.endedAt ?? "") + 100 * DAY_MS).toISOString();
      const tickId = scheduleJobId({ pipeline: "inventory", ruleArn, tick });

      await send(service, service.outputs.IntakeQueueUrl, [scheduledEvent(ruleArn, tick)]);
      const look = await endOf(service, tickId);
      await drained(service, service.outputs.IntakeQueueUrl);

      expect(look).toMatchObject({ state: "SUCCEEDED", result: { sent: 0 } });
      expect(await reportOf(service, look)).toMatchObject({
        pipelines: { images: { known: 0, sent: 0, settling: 0 } },
      });
      expect(await service.operator.jobs.readJob(jobId)).toBeUndefined();
    });
  });
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html */
function scheduledEvent(ruleArn: string, tick: string): string {
  return JSON.stringify({
    version: "0",
    id: "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
    "detail-type": "Scheduled Event",
    source: "aws.events",
    account: "000000000000",
    time: tick,
    region: "us-east-1",
    resources: [ruleArn],
    detail: {},
  });
}

async function reportOf(service: DeployedService, { result }: Job): Promise<unknown> {
  const { reportKey } = result as { reportKey: string };
  const { Body } = await service.operator.s3.send(
    new GetObjectCommand({ Bucket: service.outputs.ResultsBucket, Key: reportKey }),
  );
  return JSON.parse((await Body?.transformToString()) ?? "");
}

/** Lets the job's time to live be over, and DynamoDB look for what has expired. */
async function expire(service: DeployedService, jobId: string): Promise<void> {
  const client = new DynamoDBClient(clientOptions(service.operator.stage));
  const Key = { pk: { S: `JOB#${jobId}` }, sk: { S: "JOB" } };
  await client.send(
    new UpdateItemCommand({
      TableName: service.outputs.JobsTable,
      Key,
      ConditionExpression: "attribute_exists(expiresAt)",
      UpdateExpression: "SET expiresAt = :past",
      ExpressionAttributeValues: { ":past": { N: String(Math.floor(Date.now() / 1000) - 60) } },
    }),
  );
  client.destroy();
  const { expired } = (await service.cloud.control("tables", "expire-now")) as { expired: number };
  if (expired !== 1) throw new Error(`${expired} items have expired, not one.`);
}
