import { isDeepStrictEqual } from "node:util";
import type { Properties, ResourceProvider, ResourceState } from "../cloudformation/resource-provider.ts";
import { AwsError } from "../gateway/aws-error.ts";
import type { TableOperation } from "./operations.ts";

type Operations = Readonly<Record<string, TableOperation>>;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html */
export function tableResources(operations: Operations): ResourceProvider[] {
  const call = (name: string, input: Record<string, unknown>): Promise<Record<string, unknown>> => {
    const operation = operations[name];
    if (operation === undefined) throw new Error(`no operation ${name}`);
    return operation(input);
  };
  return [
    {
      type: "AWS::DynamoDB::Table",
      required: ["KeySchema"],
      properties: {
        AttributeDefinitions: "update",
        BillingMode: "update",
        DeletionProtectionEnabled: "update",
        GlobalSecondaryIndexes: "update",
        KeySchema: "replace",
        LocalSecondaryIndexes: "replace",
        PointInTimeRecoverySpecification: "update",
        ProvisionedThroughput: "update",
        SSESpecification: "update",
        TableClass: "recorded",
        TableName: "replace",
        Tags: "update",
        TimeToLiveSpecification: "update",
      },
      async create(properties, context) {
        const name = String(properties["TableName"] ?? context.generateName({ maxLength: 255 }));
        await call("CreateTable", { TableName: name, ...definitionOf(properties) });
        await untilActive(call, name);
        await applySettings(call, name, properties, {});
        return stateOf(call, name);
      },
      async update(state, properties, previous) {
        const name = state.physicalId;
        const changed = [
          "AttributeDefinitions",
          "GlobalSecondaryIndexes",
          "BillingMode",
          "ProvisionedThroughput",
        ].filter((property) => !isDeepStrictEqual(properties[property], previous[property]));
        if (changed.length > 0) {
          throw new AwsError(
            "ValidationException",
            `The local cloud cannot change ${changed.join(", ")} of a table that exists.`,
          );
        }
        await call("UpdateTable", {
          TableName: name,
          DeletionProtectionEnabled: isOn(properties["DeletionProtectionEnabled"]),
          SSESpecification: { Enabled: isOn(nested(properties, "SSESpecification", "SSEEnabled")) },
        });
        await applySettings(call, name, properties, previous);
        return stateOf(call, name);
      },
      async delete(state) {
        await call("DeleteTable", { TableName: state.physicalId }).catch((error: unknown) => {
          if (!(error instanceof AwsError && error.code === "ResourceNotFoundException")) throw error;
        });
      },
    },
  ];
}

type Call = (name: string, input: Record<string, unknown>) => Promise<Record<string, unknown>>;

/** CreateTable's input; CloudFormation gives numbers and booleans as texts where a parameter was the source. */
function definitionOf(properties: Properties): Record<string, unknown> {
  const throughput = (value: unknown) => {
    const given = value as { ReadCapacityUnits: unknown; WriteCapacityUnits: unknown } | undefined;
    if (given === undefined) return {};
    const units = {
      ReadCapacityUnits: Number(given.ReadCapacityUnits),
      WriteCapacityUnits: Number(given.WriteCapacityUnits),
    };
    return { ProvisionedThroughput: units };
  };
  const indexes = properties["GlobalSecondaryIndexes"] as readonly Record<string, unknown>[] | undefined;
  return {
    AttributeDefinitions: properties["AttributeDefinitions"],
    KeySchema: properties["KeySchema"],
    BillingMode: properties["BillingMode"] ?? "PROVISIONED",
    ...throughput(properties["ProvisionedThroughput"]),
    ...(indexes === undefined
      ? {}
      : {
          GlobalSecondaryIndexes: indexes.map((index) => ({
            IndexName: index["IndexName"],
            KeySchema: index["KeySchema"],
            Projection: index["Projection"],
            ...throughput(index["ProvisionedThroughput"]),
          })),
        }),
    ...(properties["LocalSecondaryIndexes"] === undefined
      ? {}
      : { LocalSecondaryIndexes: properties["LocalSecondaryIndexes"] }),
    DeletionProtectionEnabled: isOn(properties["DeletionProtectionEnabled"]),
    ...(properties["SSESpecification"] === undefined
      ? {}
      : { SSESpecification: { Enabled: isOn(nested(properties, "SSESpecification", "SSEEnabled")) } }),
    ...(properties["Tags"] === undefined ? {} : { Tags: properties["Tags"] }),
  };
}

async function applySettings(
  call: Call,
  name: string,
  properties: Properties,
  previous: Properties,
): Promise<void> {
  const wanted = nested(properties, "TimeToLiveSpecification", "AttributeName");
  const on = isOn(nested(properties, "TimeToLiveSpecification", "Enabled"));
  const { TimeToLiveDescription } = await call("DescribeTimeToLive", { TableName: name });
  const now = TimeToLiveDescription as { TimeToLiveStatus: string; AttributeName?: string };
  if (now.AttributeName !== undefined && !(on && now.AttributeName === wanted)) {
    await call("UpdateTimeToLive", {
      TableName: name,
      TimeToLiveSpecification: { AttributeName: now.AttributeName, Enabled: false },
    });
  }
  if (on && now.AttributeName !== wanted) {
    await call("UpdateTimeToLive", {
      TableName: name,
      TimeToLiveSpecification: { AttributeName: wanted, Enabled: true },
    });
  }
  const recovery = (member: string) => nested(properties, "PointInTimeRecoverySpecification", member);
  const days = recovery("RecoveryPeriodInDays");
  await call("UpdateContinuousBackups", {
    TableName: name,
    PointInTimeRecoverySpecification: {
      PointInTimeRecoveryEnabled: isOn(recovery("PointInTimeRecoveryEnabled")),
      ...(days === undefined ? {} : { RecoveryPeriodInDays: Number(days) }),
    },
  });
  await applyTags(call, name, properties, previous);
}

async function applyTags(
  call: Call,
  name: string,
  properties: Properties,
  previous: Properties,
): Promise<void> {
  if (isDeepStrictEqual(properties["Tags"], previous["Tags"])) return;
  const { Table } = await call("DescribeTable", { TableName: name });
  const arn = (Table as { TableArn: string }).TableArn;
  const keys = ((previous["Tags"] ?? []) as { Key: string }[]).map((tag) => tag.Key);
  if (keys.length > 0) await call("UntagResource", { ResourceArn: arn, TagKeys: keys });
  const tags = (properties["Tags"] ?? []) as unknown[];
  if (tags.length > 0) await call("TagResource", { ResourceArn: arn, Tags: tags });
}

/** dynalite finishes a table in the next turn of the event loop. */
async function untilActive(call: Call, name: string): Promise<void> {
  for (;;) {
    const { Table } = await call("DescribeTable", { TableName: name });
    if ((Table as { TableStatus: string }).TableStatus === "ACTIVE") return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function stateOf(call: Call, name: string): Promise<ResourceState> {
  const { Table } = await call("DescribeTable", { TableName: name });
  return { physicalId: name, attributes: { Arn: (Table as { TableArn: string }).TableArn } };
}

function nested(properties: Properties, name: string, member: string): unknown {
  return (properties[name] as Record<string, unknown> | undefined)?.[member];
}

function isOn(value: unknown): boolean {
  return String(value) === "true";
}
