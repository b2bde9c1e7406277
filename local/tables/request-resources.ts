import type { CloudContext } from "../context/cloud-context.ts";

/** The ARNs that a call needs its IAM action on: each table of a batch, the index of a query. */
export function resourcesOf(context: CloudContext, input: Readonly<Record<string, unknown>>): string[] {
  const arn = (table: string) => `arn:aws:dynamodb:${context.region}:${context.accountId}:table/${table}`;
  if (typeof input["ResourceArn"] === "string") return [input["ResourceArn"]];
  if (typeof input["TableName"] === "string") {
    const table = arn(tableName(input["TableName"]));
    return [typeof input["IndexName"] === "string" ? `${table}/index/${input["IndexName"]}` : table];
  }
  const batch = input["RequestItems"];
  if (typeof batch === "object" && batch !== null)
    return Object.keys(batch).map((name) => arn(tableName(name)));
  return ["*"];
}

/** Wherever DynamoDB takes a table's name it takes its ARN. */
export function tableName(nameOrArn: string): string {
  return nameOrArn.replace(/^arn:aws:dynamodb:[^:]*:\d*:table\//, "");
}
