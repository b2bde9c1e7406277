import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { DynamoDbJobStore } from "#adapters/aws/dynamodb-job-store.ts";
import { DynamoDbPipelineStore } from "#adapters/aws/dynamodb-pipeline-store.ts";
import { DynamoDbRunStore } from "#adapters/aws/dynamodb-run-store.ts";
import { type Cloud, startCloud } from "#local/cloud.ts";
import { createJobsTable } from "#test/contracts/support/jobs-table.ts";

const TASKS = path.resolve(import.meta.dirname, "../../../../tasks");
const UPLOADS = "uploads";
const RESULTS = "results";
const TABLE = "jobs";

/** A local cloud with just what a task touches, and tasks as processes of their own. */
export class TaskSite implements AsyncDisposable {
  readonly #cloud: Cloud;
  readonly #dataDir: string;
  readonly #s3: S3Client;
  readonly #sqs: SQSClient;
  readonly jobs: DynamoDbJobStore;
  readonly runs: DynamoDbRunStore;
  readonly pipelines: DynamoDbPipelineStore;
  queues = { reports: "", intake: "" };

  private constructor(cloud: Cloud, dataDir: string, table: DynamoDBDocumentClient) {
    this.#cloud = cloud;
    this.#dataDir = dataDir;
    this.#s3 = new S3Client(clientOptions(cloud));
    this.#sqs = new SQSClient(clientOptions(cloud));
    this.jobs = new DynamoDbJobStore({ client: table, tableName: TABLE });
    this.runs = new DynamoDbRunStore({ client: table, tableName: TABLE });
    this.pipelines = new DynamoDbPipelineStore({ client: table, tableName: TABLE });
  }

  static async open(): Promise<TaskSite> {
    const dataDir = await mkdtemp(path.join(tmpdir(), "slipway-site-"));
    const cloud = await startCloud({ dataDir });
    const dynamoDb = new DynamoDBClient(clientOptions(cloud));
    const document = DynamoDBDocumentClient.from(dynamoDb, {
      marshallOptions: { removeUndefinedValues: true },
    });
    const site = new TaskSite(cloud, dataDir, document);
    await createJobsTable(dynamoDb, TABLE);
    for (const Bucket of [UPLOADS, RESULTS]) await site.#s3.send(new CreateBucketCommand({ Bucket }));
    await site.#s3.send(
      new PutBucketVersioningCommand({ Bucket: UPLOADS, VersioningConfiguration: { Status: "Enabled" } }),
    );
    site.queues = { reports: await site.createQueue("reports"), intake: await site.createQueue("intake") };
    return site;
  }

  /** @returns the source of the job that the upload would make */
  async upload(key: string, body: Uint8Array | string) {
    const { VersionId: versionId = "" } = await this.#s3.send(
      new PutObjectCommand({ Bucket: UPLOADS, Key: key, Body: body }),
    );
    return { type: "upload", bucket: UPLOADS, key, versionId, sizeBytes: Buffer.byteLength(body) } as const;
  }

  async deleteVersion({ key, versionId }: { key: string; versionId: string }): Promise<void> {
    await this.#s3.send(new DeleteObjectCommand({ Bucket: UPLOADS, Key: key, VersionId: versionId }));
  }

  async resultKeys(): Promise<string[]> {
    const { Contents = [] } = await this.#s3.send(new ListObjectsV2Command({ Bucket: RESULTS }));
    return Contents.flatMap(({ Key }) => Key ?? []);
  }

  async readResult(key: string): Promise<Uint8Array> {
    const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: RESULTS, Key: key }));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  }

  async send(queueUrl: string, body: unknown, { idempotencyKey }: { idempotencyKey: string }): Promise<void> {
    const MessageAttributes = { idempotencyKey: { DataType: "String", StringValue: idempotencyKey } };
    await this.#sqs.send(
      new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(body), MessageAttributes }),
    );
  }

  /** How many messages of a queue wait, and how many somebody holds. */
  async depth(queueUrl: string): Promise<{ waiting: number; held: number }> {
    const { Attributes = {} } = await this.#sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ["All"] }),
    );
    return {
      waiting: Number(Attributes["ApproximateNumberOfMessages"]),
      held: Number(Attributes["ApproximateNumberOfMessagesNotVisible"]),
    };
  }

  /** Takes all messages that wait. */
  async messages(queueUrl: string): Promise<unknown[]> {
    const bodies: unknown[] = [];
    for (;;) {
      const { Messages = [] } = await this.#sqs.send(
        new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return bodies;
      for (const { ReceiptHandle } of Messages) {
        await this.#sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
      }
      bodies.push(...Messages.map(({ Body = "null" }): unknown => JSON.parse(Body)));
    }
  }

  /** Starts the command of the task's Dockerfile, as ECS would for one run. */
  startTask(task: string, runId: string, environment: Readonly<Record<string, string>> = {}): ChildProcess {
    return this.startWorker(task, { SLIPWAY_RUN_ID: runId, ...environment });
  }

  /** The same as ECS would for a service. */
  startWorker(task: string, environment: Readonly<Record<string, string>> = {}): ChildProcess {
    return spawn(process.execPath, ["main.ts"], {
      cwd: path.join(TASKS, task),
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env["PATH"],
        TMPDIR: this.#dataDir,
        AWS_ENDPOINT_URL: this.#cloud.endpoint,
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "operator",
        AWS_SECRET_ACCESS_KEY: "secret",
        SLIPWAY_STAGE: "test",
        SLIPWAY_PIPELINE: task,
        SLIPWAY_JOBS_TABLE: TABLE,
        SLIPWAY_UPLOADS_BUCKET: UPLOADS,
        SLIPWAY_RESULTS_BUCKET: RESULTS,
        SLIPWAY_TASK_EVENTS_QUEUE_URL: this.queues.reports,
        SLIPWAY_INTAKE_QUEUE_URL: this.queues.intake,
        SLIPWAY_JOB_TIMEOUT_SECONDS: "60",
        SLIPWAY_EPHEMERAL_STORAGE_GIB: "20",
        ...environment,
      },
    });
  }

  async runTask(task: string, runId: string, environment: Readonly<Record<string, string>> = {}) {
    const child = this.startTask(task, runId, environment);
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
    const [exitCode]: unknown[] = await once(child, "close");
    return { exitCode, log: Buffer.concat(chunks).toString() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cloud.stop();
    await rm(this.#dataDir, { recursive: true, force: true });
  }

  async createQueue(name: string): Promise<string> {
    const { QueueUrl = "" } = await this.#sqs.send(new CreateQueueCommand({ QueueName: name }));
    return QueueUrl;
  }
}

function clientOptions({ endpoint }: Cloud) {
  return {
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "operator", secretAccessKey: "secret" },
  };
}
