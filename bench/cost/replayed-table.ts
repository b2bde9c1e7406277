import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDbJobStore } from "#adapters/aws/dynamodb-job-store.ts";
import { DynamoDbPipelineStore } from "#adapters/aws/dynamodb-pipeline-store.ts";
import { DynamoDbRunStore } from "#adapters/aws/dynamodb-run-store.ts";
import { LocalAws } from "#test/contracts/support/local-aws.ts";
import { Bill } from "./bill.ts";
import type { TableCall } from "./ordinary-jobs.ts";

interface Answer {
  readonly ConsumedCapacity?: { CapacityUnits?: number } | { CapacityUnits?: number }[];
}

const READS = /^(Get|BatchGet|Query)/;

/**
 * Makes the same calls through the adapters for AWS to the local cloud's table, which says of each what capacity it consumed, as
 * AWS's does.
 */
export async function replayedTable(
  calls: readonly TableCall[],
  tell: (done: number) => void,
): Promise<Bill> {
  const aws = await LocalAws.start();
  try {
    const dynamoDb = new DynamoDBClient(aws.client);
    const table = await aws.createTable(dynamoDb);
    const bill = new Bill();
    let operation = "";
    countConsumed(dynamoDb, (command, units) => {
      bill.add(operation, READS.test(command) ? { reads: units } : { writes: units });
    });
    const ports = {
      jobs: new DynamoDbJobStore(table),
      runs: new DynamoDbRunStore(table),
      pipelineStore: new DynamoDbPipelineStore(table),
    };
    for (const [index, { who, port, method, given }] of calls.entries()) {
      operation = `${who} ${method}`;
      const call = Reflect.get(ports[port], method) as (...of: readonly unknown[]) => Promise<unknown>;
      await call.apply(ports[port], [...given]);
      if (index % 500 === 0) tell(index);
    }
    return bill;
  } finally {
    await aws.stop();
  }
}

/** A refused condition consumes what a write would have; its answer does not say how much, so it counts one. */
function countConsumed(client: DynamoDBClient, count: (command: string, units: number) => void): void {
  client.middlewareStack.add(
    (next, { commandName = "" }) =>
      async (call) => {
        Object.assign(call.input, { ReturnConsumedCapacity: "TOTAL" });
        try {
          const answer = await next(call);
          const { ConsumedCapacity = [] } = answer.output as Answer;
          const consumed = [ConsumedCapacity].flat();
          count(
            commandName,
            consumed.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0),
          );
          return answer;
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException) count(commandName, 1);
          throw error;
        }
      },
    { step: "initialize" },
  );
}
