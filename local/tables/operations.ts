import type { CloudContext } from "../context/cloud-context.ts";
import { AwsError } from "../gateway/aws-error.ts";
import { type Dynalite, type DynaliteOperation, OPERATIONS } from "./dynalite.ts";
import { tableName } from "./request-resources.ts";
import type { SettingsStore, TableSettings } from "./table-settings.ts";

type Document = Record<string, unknown>;
export type TableOperation = (input: Document) => Promise<Document>;

/**
 * dynalite's operations and those that it lacks.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html
 */
export function tableOperations(
  context: CloudContext,
  dynalite: Dynalite,
  settings: SettingsStore,
): Readonly<Record<string, TableOperation>> {
  const passed = OPERATIONS.map((name): [string, TableOperation] => [
    name,
    (input) => dynalite.call(name, named(input)),
  ]);
  /** Settings of a table that is there. @throws AwsError ResourceNotFoundException */
  const existing = async (input: Document): Promise<[name: string, settings: TableSettings]> => {
    const name = tableName(String(input["TableName"]));
    await dynalite.call("DescribeTable", { TableName: name });
    return [name, settings.of(name)];
  };
  const describe = async (
    operation: DynaliteOperation,
    input: Document,
    member: string,
  ): Promise<Document> => {
    const answer = await dynalite.call(operation, named(input));
    const table = answer[member] as Document;
    return { ...answer, [member]: { ...table, ...described(settings.of(String(table["TableName"]))) } };
  };
  return {
    ...Object.fromEntries(passed),

    DescribeTable: (input) => describe("DescribeTable", input, "Table"),

    async CreateTable(input) {
      const { Tags: tags, ...definition } = input;
      const name = String(input["TableName"]);
      const answer = await dynalite.call("CreateTable", definition).catch((error: unknown) => {
        // dynalite has no words for it.
        if (error instanceof AwsError && error.code === "ResourceInUseException" && error.message === "") {
          throw new AwsError(error.code, `Table already exists: ${name}`);
        }
        throw error;
      });
      settings.set(name, settingsIn(input));
      const description = answer["TableDescription"] as Document;
      if (Array.isArray(tags) && tags.length > 0) {
        await dynalite.call("TagResource", { ResourceArn: description["TableArn"], Tags: tags });
      }
      return { TableDescription: { ...description, ...described(settings.of(name)) } };
    },

    async UpdateTable(input) {
      const [name, before] = await existing(input);
      settings.set(name, { ...before, ...settingsIn(input) });
      const { DeletionProtectionEnabled: _protection, SSESpecification: _sse, ...rest } = named(input);
      if (Object.keys(rest).length > 1) return describe("UpdateTable", rest, "TableDescription");
      return { TableDescription: (await describe("DescribeTable", rest, "Table"))["Table"] };
    },

    async DeleteTable(input) {
      const [name, before] = await existing(input);
      if (before.deletionProtection === true) {
        throw new AwsError(
          "ValidationException",
          `Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.`,
        );
      }
      const answer = await dynalite.call("DeleteTable", named(input));
      settings.remove(name);
      return answer;
    },

    async UpdateTimeToLive(input) {
      const [name, before] = await existing(input);
      const wanted = (input["TimeToLiveSpecification"] ?? {}) as {
        AttributeName?: string;
        Enabled?: boolean;
      };
      if (typeof wanted.AttributeName !== "string" || wanted.AttributeName === "") {
        throw new AwsError("ValidationException", "TimeToLiveSpecification.AttributeName must not be null");
      }
      const on = before.timeToLive !== undefined;
      if (on === (wanted.Enabled === true)) {
        throw new AwsError("ValidationException", `TimeToLive is already ${on ? "enabled" : "disabled"}`);
      }
      const { timeToLive: _before, ...rest } = before;
      settings.set(
        name,
        wanted.Enabled === true ? { ...rest, timeToLive: { AttributeName: wanted.AttributeName } } : rest,
      );
      return { TimeToLiveSpecification: wanted };
    },

    async DescribeTimeToLive(input) {
      const [, { timeToLive }] = await existing(input);
      const status = timeToLive === undefined ? "DISABLED" : "ENABLED";
      return { TimeToLiveDescription: { TimeToLiveStatus: status, ...timeToLive } };
    },

    async UpdateContinuousBackups(input) {
      const [name, { recovery, ...rest }] = await existing(input);
      const wanted = (input["PointInTimeRecoverySpecification"] ?? {}) as {
        PointInTimeRecoveryEnabled?: boolean;
        RecoveryPeriodInDays?: number;
      };
      const days = wanted.RecoveryPeriodInDays ?? recovery?.days ?? MAX_RECOVERY_DAYS;
      const from = recovery?.from ?? context.clock.now();
      const isOn = wanted.PointInTimeRecoveryEnabled === true;
      settings.set(name, isOn ? { ...rest, recovery: { from, days } } : rest);
      return backups(context, settings.of(name));
    },

    async DescribeContinuousBackups(input) {
      const [, found] = await existing(input);
      return backups(context, found);
    },
  };
}

function named(input: Document): Document {
  return typeof input["TableName"] === "string"
    ? { ...input, TableName: tableName(input["TableName"]) }
    : input;
}

function settingsIn(input: Document): TableSettings {
  const sse = input["SSESpecification"] as { Enabled?: boolean } | undefined;
  return {
    ...(input["DeletionProtectionEnabled"] === undefined
      ? {}
      : { deletionProtection: input["DeletionProtectionEnabled"] === true }),
    ...(sse === undefined ? {} : { sse: sse.Enabled === true }),
  };
}

function described(settings: TableSettings): Document {
  return {
    DeletionProtectionEnabled: settings.deletionProtection === true,
    ...(settings.sse === true ? { SSEDescription: { Status: "ENABLED", SSEType: "KMS" } } : {}),
  };
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoverySpecification.html */
const MAX_RECOVERY_DAYS = 35;

function backups(context: CloudContext, { recovery }: TableSettings): Document {
  const now = context.clock.now();
  const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000);
  const described =
    recovery === undefined
      ? { PointInTimeRecoveryStatus: "DISABLED" }
      : {
          PointInTimeRecoveryStatus: "ENABLED",
          RecoveryPeriodInDays: recovery.days,
          EarliestRestorableDateTime: seconds(Math.max(recovery.from, now - recovery.days * 86_400_000)),
          LatestRestorableDateTime: seconds(now),
        };
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: "ENABLED",
      PointInTimeRecoveryDescription: described,
    },
  };
}
