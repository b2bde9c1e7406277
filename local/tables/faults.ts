import { z } from "zod";
import { FaultSet, faultKind } from "../faults/fault-set.ts";
import { AwsError } from "../gateway/aws-error.ts";
import { tableName } from "./request-resources.ts";

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html#Programming.Errors.MessagesAndCodes */
const TEXTS = {
  ProvisionedThroughputExceededException:
    "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.",
  ThrottlingException:
    "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly.",
} as const;

const kinds = {
  tableThrottle: faultKind("Calls of DynamoDB are throttled: all, or named operations or a table.", {
    operations: z.array(z.string()).optional(),
    table: z.string().optional(),
    error: z
      .enum(["ProvisionedThroughputExceededException", "ThrottlingException"])
      .default("ProvisionedThroughputExceededException"),
  }),
};

/** What may go wrong with DynamoDB. A batch is refused as a whole, as where none of its items found throughput. */
export class TableFaults {
  readonly set: FaultSet<typeof kinds>;

  constructor(now: () => number) {
    this.set = new FaultSet(now, kinds);
  }

  /** @throws AwsError where the fault strikes */
  admit(operation: string, input: Readonly<Record<string, unknown>>): void {
    const fault = this.set.strike(
      "tableThrottle",
      ({ operations, table }) =>
        (operations?.includes(operation) ?? true) && (table === undefined || tablesIn(input).includes(table)),
    );
    if (fault !== undefined) throw new AwsError(fault.error, TEXTS[fault.error]);
  }
}

/** Of a batch, each table that it names. */
function tablesIn({ TableName: name, RequestItems: items }: Readonly<Record<string, unknown>>): string[] {
  const names = typeof name === "string" ? [name] : Object.keys((items as object | undefined) ?? {});
  return names.map(tableName);
}
