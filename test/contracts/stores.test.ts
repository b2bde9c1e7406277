import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Table } from "#adapters/aws/dynamodb-items.ts";
import { DynamoDbJobStore } from "#adapters/aws/dynamodb-job-store.ts";
import { DynamoDbMailPermits } from "#adapters/aws/dynamodb-mail-permits.ts";
import { DynamoDbNoticeStore } from "#adapters/aws/dynamodb-notice-store.ts";
import { DynamoDbObjectLineStore } from "#adapters/aws/dynamodb-object-line-store.ts";
import { DynamoDbPipelineStore } from "#adapters/aws/dynamodb-pipeline-store.ts";
import { DynamoDbRunStore } from "#adapters/aws/dynamodb-run-store.ts";
import { MemoryJobStore } from "#adapters/memory/memory-job-store.ts";
import { MemoryMailPermits } from "#adapters/memory/memory-mail-permits.ts";
import { MemoryNoticeStore } from "#adapters/memory/memory-notice-store.ts";
import { MemoryObjectLineStore } from "#adapters/memory/memory-object-line-store.ts";
import { MemoryPipelineStore } from "#adapters/memory/memory-pipeline-store.ts";
import { MemoryRunStore } from "#adapters/memory/memory-run-store.ts";
import { jobStoreContract } from "./job-store-contract.ts";
import { mailPermitsContract } from "./mail-permits-contract.ts";
import { noticeStoreContract } from "./notice-store-contract.ts";
import { objectLineStoreContract } from "./object-line-store-contract.ts";
import { pipelineStoreContract } from "./pipeline-store-contract.ts";
import { runStoreContract } from "./run-store-contract.ts";
import { aJob } from "../unit/support/builders.ts";
import { LocalAws } from "./support/local-aws.ts";

let aws: LocalAws;
let table: Table;
beforeAll(async () => {
  aws = await LocalAws.start();
  table = await aws.createTable();
});
afterAll(() => aws.stop());

const clock = { now: () => new Date() };

describe("the job store in DynamoDB", () => {
  jobStoreContract(() => new DynamoDbJobStore(table));
});
describe("a write whose answer was lost and that the SDK repeats", () => {
  it("is ours, and so it is saved", async () => {
    const dynamoDb = new DynamoDBClient(aws.client);
    let sent = 0;
    dynamoDb.middlewareStack.add(
      (next) => async (call) => {
        const answer = await next(call);
        sent += 1;
        if (sent === 1) throw Object.assign(new Error("socket hang up"), { name: "TimeoutError" });
        return answer;
      },
      { step: "deserialize", priority: "low" },
    );
    const store = new DynamoDbJobStore({ ...table, client: DynamoDBDocumentClient.from(dynamoDb) });

    expect(await store.createJob(aJob({ jobId: "answer-lost" }))).toEqual({ saved: true });
    expect(sent).toBe(2);
  });
});
describe("the job store in memory", () => {
  jobStoreContract(() => new MemoryJobStore({ clock }));
});
describe("the run store in DynamoDB", () => {
  runStoreContract(() => new DynamoDbRunStore(table));
});
describe("the run store in memory", () => {
  runStoreContract(() => new MemoryRunStore());
});
describe("the notice store in DynamoDB", () => {
  noticeStoreContract(() => new DynamoDbNoticeStore(table));
});
describe("the notice store in memory", () => {
  noticeStoreContract(() => new MemoryNoticeStore());
});
describe("the pipeline store in DynamoDB", () => {
  pipelineStoreContract(() => new DynamoDbPipelineStore(table));
});
describe("the pipeline store in memory", () => {
  pipelineStoreContract(() => new MemoryPipelineStore());
});
describe("permits for mail in DynamoDB", () => {
  mailPermitsContract(() => new DynamoDbMailPermits(table));
});
describe("permits for mail in memory", () => {
  mailPermitsContract(() => new MemoryMailPermits());
});
describe("the lines of versions in DynamoDB", () => {
  objectLineStoreContract(() => new DynamoDbObjectLineStore(table));
});
describe("the lines of versions in memory", () => {
  objectLineStoreContract(() => new MemoryObjectLineStore());
});
