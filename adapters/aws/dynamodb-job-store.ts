import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { isTerminal, type Job } from "#core/jobs/job.ts";
import { dueJobOf } from "#core/planning/due-job.ts";
import {
  type DueJob,
  type DueQuery,
  type JobStore,
  recentKeyOf,
  type SaveResult,
} from "#core/ports/job-store.ts";
import {
  getItem,
  getItems,
  isExpired,
  type ItemKey,
  putRevision,
  type Table,
  withoutKeys,
} from "./dynamodb-items.ts";

/** A partition takes 1,000 writes a second; a million uploads in an hour come in bursts above that. */
const SHARDS = 16;
/** Beyond a shard's even share of what is asked for. */
const SPARE_OF_A_SHARE = 4;
const DAY_SECONDS = 86_400;

/** Jobs in the table: one item each, and two sparse indexes (`due`, `recent`) over 16 shards a pipeline. */
export class DynamoDbJobStore implements JobStore {
  readonly #table: Table;
  readonly #retentionDays: number;

  /** @param options.retentionDays how long a job is remembered after its end; default 90 */
  constructor(options: Table & { retentionDays?: number }) {
    this.#table = { client: options.client, tableName: options.tableName };
    this.#retentionDays = options.retentionDays ?? 90;
  }

  async createJob(job: Job): Promise<SaveResult<Job>> {
    return putRevision(this.#table, keyOf(job.jobId), job, attributesOf(job, this.#retentionDays));
  }

  async saveJob(job: Job): Promise<SaveResult<Job>> {
    return putRevision(this.#table, keyOf(job.jobId), job, attributesOf(job, this.#retentionDays));
  }

  async readJob(jobId: string): Promise<Job | undefined> {
    const item = await getItem(this.#table, keyOf(jobId));
    return item === undefined || isExpired(item, new Date()) ? undefined : withoutKeys<Job>(item);
  }

  async readJobs(jobIds: readonly string[]): Promise<Job[]> {
    const now = new Date();
    const items = await getItems(this.#table, [...new Set(jobIds)].map(keyOf));
    return items.filter((item) => !isExpired(item, now)).map((item) => withoutKeys<Job>(item));
  }

  /** Ids are hashes, so each shard has about its share of the oldest; only one that has more is asked again. */
  async listDue({ pipeline, dueBy, limit }: DueQuery): Promise<DueJob[]> {
    const share = Math.ceil(limit / SHARDS) + SPARE_OF_A_SHARE;
    const queues = shards().map((shard): ShardOfDue => ({ shard, jobs: [], isRead: false }));
    for (let short: readonly ShardOfDue[] = queues; short.length > 0;) {
      await Promise.all(short.map((queue) => this.#readOn(queue, { pipeline, upTo: dueBy, limit: share })));
      const last = oldestOf(queues, limit)[limit - 1]?.notBefore;
      short = queues.filter(
        ({ isRead, jobs }) => !isRead && (last === undefined || (jobs.at(-1)?.notBefore ?? "") <= last),
      );
    }
    return oldestOf(queues, limit);
  }

  async nextDue(pipelines: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const firsts = await Promise.all(pipelines.map((pipeline) => this.#firstDue(pipeline)));
    return new Map(
      firsts.flatMap((first) => (first === undefined ? [] : [[first.pipeline, first.notBefore]])),
    );
  }

  async #firstDue(pipeline: string): Promise<DueJob | undefined> {
    const parts = shards().map((shard): ShardOfDue => ({ shard, jobs: [], isRead: false }));
    await Promise.all(parts.map((part) => this.#readOn(part, { pipeline, limit: 1 })));
    return oldestOf(parts, 1)[0];
  }

  async listRecent({
    pipeline,
    limit,
    before,
  }: {
    pipeline: string;
    limit: number;
    before?: string;
  }): Promise<Job[]> {
    const pages = await Promise.all(
      shards().map(async (shard) => {
        const { Items = [] } = await this.#table.client.send(
          new QueryCommand({
            TableName: this.#table.tableName,
            IndexName: "recent",
            KeyConditionExpression:
              before === undefined ? "recentPk = :p" : "recentPk = :p AND recentSk < :before",
            ExpressionAttributeValues: {
              ":p": `${pipeline}#${shard}`,
              ...(before === undefined ? {} : { ":before": before }),
            },
            ScanIndexForward: false,
            Limit: limit,
          }),
        );
        return Items.map((item) => String(item["recentSk"]));
      }),
    );
    const newest = pages.flat().sort().reverse().slice(0, limit);
    const jobs = await this.readJobs(newest.map((sortKey) => sortKey.slice(sortKey.indexOf("#") + 1)));
    return jobs.sort((a, b) => (recentKeyOf(a) < recentKeyOf(b) ? 1 : -1));
  }

  async #readOn(
    queue: ShardOfDue,
    { pipeline, upTo, limit }: { pipeline: string; upTo?: string; limit: number },
  ): Promise<void> {
    const { Items = [], LastEvaluatedKey } = await this.#table.client.send(
      new QueryCommand({
        TableName: this.#table.tableName,
        IndexName: "due",
        KeyConditionExpression: upTo === undefined ? "duePk = :p" : "duePk = :p AND dueSk < :upTo",
        // "~" sorts after "#": jobs due at that very moment are due.
        ExpressionAttributeValues: {
          ":p": `${pipeline}#${queue.shard}`,
          ...(upTo === undefined ? {} : { ":upTo": `${upTo}~` }),
        },
        Limit: limit,
        ...(queue.from === undefined ? {} : { ExclusiveStartKey: queue.from }),
      }),
    );
    queue.jobs.push(...Items.map(dueJobIn));
    queue.from = LastEvaluatedKey;
    queue.isRead = LastEvaluatedKey === undefined;
  }
}

/** What was read of one shard of the index, oldest first. */
interface ShardOfDue {
  readonly shard: string;
  readonly jobs: DueJob[];
  /** Where to read on. */
  from?: Record<string, unknown> | undefined;
  /** To its end. */
  isRead: boolean;
}

function oldestOf(queues: readonly ShardOfDue[], limit: number): DueJob[] {
  return queues
    .flatMap(({ jobs }) => jobs)
    .sort((a, b) => (a.notBefore < b.notBefore ? -1 : 1))
    .slice(0, limit);
}

/** What the table and its indexes need beside the job's own members. */
export function attributesOf(job: Job, retentionDays: number): Record<string, unknown> {
  const shard = shardOf(job.jobId);
  const due = dueJobOf(job);
  return {
    recentPk: `${job.pipeline}#${shard}`,
    recentSk: recentKeyOf(job),
    ...(due === undefined
      ? {}
      : {
          duePk: `${job.pipeline}#${shard}`,
          dueSk: `${due.notBefore}#${job.jobId}`,
          sizeBytes: due.sizeBytes,
          // One attribute that is always there: dynalite cannot project one that is not.
          needs: needsOf(due),
        }),
    ...(isTerminal(job) && job.endedAt !== undefined
      ? { expiresAt: Math.ceil(Date.parse(job.endedAt) / 1000) + retentionDays * DAY_SECONDS }
      : {}),
  };
}

type Needs = Pick<DueJob, "kind" | "size" | "alone" | "onDemand">;

function needsOf({ kind, size, alone, onDemand }: DueJob): Needs {
  return {
    kind,
    ...(size === undefined ? {} : { size }),
    ...(alone === undefined ? {} : { alone }),
    ...(onDemand === undefined ? {} : { onDemand }),
  };
}

/** The index projects these attributes of the job's item. */
function dueJobIn(item: Readonly<Record<string, unknown>>): DueJob {
  return {
    jobId: String(item["jobId"]),
    pipeline: String(item["pipeline"]),
    notBefore: String(item["notBefore"]),
    createdAt: String(item["createdAt"]),
    sizeBytes: Number(item["sizeBytes"]),
    ...(item["needs"] as Needs),
  };
}

function keyOf(jobId: string): ItemKey {
  return { pk: `JOB#${jobId}`, sk: "JOB" };
}

/** The id is a hash, so its first digit spreads evenly. */
function shardOf(jobId: string): string {
  return jobId.slice(0, 1);
}

function shards(): string[] {
  return Array.from({ length: SHARDS }, (_, index) => index.toString(SHARDS));
}
