import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { perSecond, type Rate } from "./rates.ts";

export interface ClientOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { accessKeyId: string; secretAccessKey: string };
}

const Bucket = "bench";
const KIB = 1024;
const LARGE_BYTES = 64 * KIB * KIB;
const LARGE_TIMES = 4;

/** Objects of 1 KB a second. */
export async function objectRates(
  options: ClientOptions,
  seconds: number,
): Promise<Record<"puts" | "gets", Rate>> {
  const s3 = new S3Client({ ...options, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket }));
  const small = Buffer.alloc(KIB, "a");
  const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: small }));
  await put("small/read");
  return {
    puts: perSecond(seconds, (index) => put(`small/${index % 1000}`)),
    gets: perSecond(seconds, async () => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: "small/read" }));
      return Body?.transformToByteArray();
    }),
  };
}

/** MB a second of objects of 64 MB, one after the other, into the bucket that objectRates made. */
export function largeObjectRates(options: ClientOptions): Record<"puts" | "gets", Rate> {
  const s3 = new S3Client({ ...options, forcePathStyle: true });
  const large = Buffer.alloc(LARGE_BYTES, "b");
  return {
    puts: () =>
      megabytesPerSecond(() => s3.send(new PutObjectCommand({ Bucket, Key: "large", Body: large }))),
    gets: () =>
      megabytesPerSecond(async () => {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: "large" }));
        for await (const _ of Body as AsyncIterable<Uint8Array>);
      }),
  };
}

async function megabytesPerSecond(move: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  for (let time = 0; time < LARGE_TIMES; time += 1) await move();
  return (LARGE_TIMES * LARGE_BYTES) / 1e6 / ((performance.now() - from) / 1000);
}

/** Messages sent to a queue a second. */
export async function queueRates(options: ClientOptions, seconds: number): Promise<Record<"sends", Rate>> {
  const sqs = new SQSClient(options);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "bench" }));
  const send = (index: number) =>
    sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: `message ${index}` }));
  return { sends: perSecond(seconds, send) };
}

/** Conditional puts and consistent gets of items a second. */
export async function tableRates(
  options: ClientOptions,
  seconds: number,
): Promise<Record<"puts" | "gets", Rate>> {
  const dynamoDb = new DynamoDBClient(options);
  const TableName = "bench";
  await dynamoDb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    }),
  );
  // On dynalite, as on AWS, a table is not there at once.
  await waitUntilTableExists({ client: dynamoDb, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { TableName });
  const put = (pk: string) =>
    dynamoDb.send(
      new PutItemCommand({
        TableName,
        Item: { pk: { S: pk }, text: { S: "c".repeat(500) } },
        ConditionExpression: "attribute_not_exists(pk)",
      }),
    );
  await put("read");
  return {
    puts: perSecond(seconds, (index) => put(`item ${index}`)),
    gets: perSecond(seconds, () =>
      dynamoDb.send(new GetItemCommand({ TableName, Key: { pk: { S: "read" } }, ConsistentRead: true })),
    ),
  };
}
