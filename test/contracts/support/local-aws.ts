import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { type Cloud, startCloud } from "#local/cloud.ts";
import type { Table } from "#adapters/aws/dynamodb-items.ts";
import { createJobsTable } from "./jobs-table.ts";

/** A local cloud for the adapters, with whatever a contract needs in it. */
export class LocalAws {
  readonly cloud: Cloud;
  readonly client: ClientOptions;
  readonly sqs: SQSClient;
  readonly #dataDir: string;

  private constructor(cloud: Cloud, dataDir: string) {
    this.cloud = cloud;
    this.#dataDir = dataDir;
    this.client = {
      endpoint: cloud.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "operator", secretAccessKey: "operator" },
    };
    this.sqs = new SQSClient(this.client);
  }

  static async start(): Promise<LocalAws> {
    const dataDir = mkdtempSync(path.join(tmpdir(), "slipway-contracts-"));
    return new LocalAws(await startCloud({ dataDir }), dataDir);
  }

  /** The table of the template, with its keys and indexes. */
  async createTable(dynamoDb = new DynamoDBClient(this.client)): Promise<Table> {
    await createJobsTable(dynamoDb, "jobs");
    const marshallOptions = { removeUndefinedValues: true };
    return { client: DynamoDBDocumentClient.from(dynamoDb, { marshallOptions }), tableName: "jobs" };
  }

  async createQueue(name: string, attributes: Record<string, string> = {}): Promise<string> {
    const { QueueUrl = "" } = await this.sqs.send(
      new CreateQueueCommand({ QueueName: name, Attributes: attributes }),
    );
    return QueueUrl;
  }

  /** Takes the messages that wait, at least `count` of them. */
  async take(queueUrl: string, count: number): Promise<Message[]> {
    const taken: Message[] = [];
    let polled: Message[] = [];
    do {
      const WaitTimeSeconds = taken.length < count ? 5 : 0;
      const output = await this.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: 10,
          WaitTimeSeconds,
          MessageAttributeNames: ["All"],
        }),
      );
      polled = output.Messages ?? [];
      for (const { ReceiptHandle } of polled) {
        await this.sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
      }
      taken.push(...polled);
    } while (polled.length > 0);
    return taken;
  }

  async stop(): Promise<void> {
    this.sqs.destroy();
    await this.cloud.stop();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}

export interface ClientOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { accessKeyId: string; secretAccessKey: string };
}
