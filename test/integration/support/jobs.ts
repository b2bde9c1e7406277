import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { isTerminal, type Job } from "#core/jobs/job.ts";
import type { Run } from "#core/runs/run.ts";
import { clientOptions } from "../../../cli/stage.ts";
import type { DeployedService } from "./deployed-service.ts";
import { eventually } from "./eventually.ts";

/** Waits until the jobs have ended. @returns them in the order of the ids */
export async function ended(
  service: DeployedService,
  jobIds: readonly string[],
  options: { deadlineMs?: number } = {},
): Promise<Job[]> {
  const jobs = await eventually(
    `${jobIds.length} jobs have ended`,
    () => service.operator.jobs.readJobs(jobIds),
    (found) => found.length === jobIds.length && found.every(isTerminal),
    options,
  );
  return jobIds.flatMap((jobId) => jobs.find((job) => job.jobId === jobId) ?? []);
}

export async function endOf(
  service: DeployedService,
  jobId: string,
  options: { deadlineMs?: number } = {},
): Promise<Job> {
  const [job] = await ended(service, [jobId], options);
  if (job === undefined) throw new Error(`There is no job ${jobId}.`);
  return job;
}

/** Waits until the job stands as is wanted, looking often. */
export async function jobThat(
  service: DeployedService,
  jobId: string,
  what: string,
  isWanted: (job: Job) => boolean,
): Promise<Job> {
  const job = await eventually(
    `job ${jobId} ${what}`,
    () => service.operator.jobs.readJob(jobId),
    (found) => found !== undefined && isWanted(found),
    { pollMs: 20 },
  );
  if (job === undefined) throw new Error(`There is no job ${jobId}.`);
  return job;
}

/** Every run that the table knows, whatever its state. */
export async function allRuns(service: DeployedService): Promise<Run[]> {
  const client = new DynamoDBClient(clientOptions(service.operator.stage));
  const runs: Run[] = [];
  let next: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: service.outputs.JobsTable,
        ConsistentRead: true,
        FilterExpression: "attribute_exists(manifest)",
        ...(next === undefined ? {} : { ExclusiveStartKey: next as never }),
      }),
    );
    runs.push(...(page.Items ?? []).map((item) => unmarshall(item) as Run));
    next = page.LastEvaluatedKey;
  } while (next !== undefined);
  client.destroy();
  return runs;
}

/** The runs whose manifest names the job. */
export async function runsOf(service: DeployedService, jobId: string): Promise<Run[]> {
  return (await allRuns(service)).filter(({ manifest }) => manifest.some((entry) => entry.jobId === jobId));
}

/** Keys in the results bucket. */
export async function resultKeys(service: DeployedService, prefix: string): Promise<string[]> {
  const list = new ListObjectsV2Command({ Bucket: service.outputs.ResultsBucket, Prefix: prefix });
  const { Contents = [] } = await service.operator.s3.send(list);
  return Contents.map(({ Key = "" }) => Key);
}
