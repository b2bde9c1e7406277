import { execFile } from "node:child_process";
import { join } from "node:path";
import { DeleteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PurgeQueueCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { ListStackResourcesCommand, CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { describe, expect, test } from "@jest/globals";
import { PROJECT_DIR } from "../../../cli/running-cloud.ts";
import { clientOptions } from "../../../cli/stage.ts";
import type { DeployedService } from "../support/deployed-service.ts";

interface Diagnosis {
  readonly code: number;
  readonly out: string;
}

interface Outcome {
  readonly check: string;
  readonly state: string;
  readonly why?: string;
  readonly findings: { severity: string; what: string; toDo: string; statement?: unknown }[];
}

export function doctor(service: DeployedService): void {
  const slipway = (args: readonly string[]): Promise<Diagnosis> =>
    new Promise((resolve) => {
      const where = ["--stage", "local", "--endpoint-url", service.cloud.endpoint];
      const all = [join(PROJECT_DIR, "cli", "main.ts"), ...where, ...args];
      const child = execFile(process.execPath, all, (_error, out) =>
        resolve({ code: child.exitCode ?? 0, out }),
      );
    });
  const diagnosis = async (): Promise<{ code: number; found: Map<string, Outcome> }> => {
    const { code, out } = await slipway(["doctor", "--json"]);
    const { checks } = JSON.parse(out) as { checks: Outcome[] };
    return { code, found: new Map(checks.map((outcome) => [outcome.check, outcome])) };
  };

  describe("npx slipway doctor", () => {
    test("finds dead letters, says what to do, and names what it cannot look at here", async () => {
      const QueueUrl = service.outputs.NoticesDeadLetterQueueUrl;
      await service.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "nobody heard this" }));

      const { code, found } = await diagnosis();
      await service.sqs.send(new PurgeQueueCommand({ QueueUrl }));

      expect(code).toBe(1);
      expect(found.get("dead letters")?.findings).toContainEqual({
        severity: "error",
        what: "NoticesDeadLetterQueue holds 1 message.",
        toDo: expect.stringMatching(/aws sqs start-message-move-task --source-arn arn:aws:sqs:.*Notices/),
      });
      expect(found.get("drift")).toMatchObject({
        state: "not checked",
        why: expect.stringMatching(/drift/i),
      });
      expect(found.get("addresses")).toMatchObject({ state: "not checked" });
      for (const check of [
        "stack",
        "quotas",
        "concurrency",
        "subscriptions",
        "images",
        "roles",
        "refused calls",
      ]) {
        expect(found.get(check)).toEqual({ check, state: "checked", findings: [] });
      }
    });

    test("shows a refused call with the statement that would allow it", async () => {
      const role = await roleOf(service, "WakeRole");
      const options = clientOptions(service.operator.stage);
      const { Credentials } = await new STSClient(options).send(
        new AssumeRoleCommand({
          RoleArn: `arn:aws:iam::000000000000:role/${role}`,
          RoleSessionName: "doctor",
        }),
      );
      const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials ?? {};
      const credentials = {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
      };
      const dynamodb = new DynamoDBClient({ ...options, credentials });
      const Key = { pk: { S: "a" }, sk: { S: "b" } };
      const TableName = service.outputs.JobsTable;
      await expect(dynamodb.send(new DeleteItemCommand({ TableName, Key }))).rejects.toThrow(
        /not authorized to perform: dynamodb:DeleteItem/,
      );
      dynamodb.destroy();

      const { code, found } = await diagnosis();
      const { out } = await slipway(["doctor"]);
      await service.cloud.control("identity", "clear-refused");

      expect(code).toBe(1);
      const Resource = [`arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}`];
      expect(found.get("refused calls")?.findings).toEqual([
        {
          severity: "error",
          what: `${role} may not dynamodb:DeleteItem on ${Resource[0] ?? ""} (refused once).`,
          toDo: expect.stringContaining("function.yml"),
          statement: { Effect: "Allow", Action: ["dynamodb:DeleteItem"], Resource },
        },
      ]);
      expect(out).toMatch(/^!! refused calls: .*dynamodb:DeleteItem/m);
      expect(out).toMatch(/^- {2}drift: not checked here: /m);
    });

    test("warns of a paused pipeline and of a quota below what the stage starts", async () => {
      await service.operator.pipelineStore.setPaused("images", true);
      const before = (await service.cloud.control("tasks", "settings")) as { quotaVcpu: object };
      await service.cloud.control("tasks", "settings", { quotaVcpu: { onDemand: 0.5, spot: 100 } });

      const { found } = await diagnosis();
      await service.operator.pipelineStore.setPaused("images", false);
      await service.cloud.control("tasks", "settings", { quotaVcpu: before.quotaVcpu });

      expect(found.get("pipelines")?.findings).toEqual([
        {
          severity: "warning",
          what: "Pipeline images is paused: what comes waits.",
          toDo: "npx slipway --stage local resume images",
        },
      ]);
      expect(found.get("quotas")?.findings).toMatchObject([
        { severity: "error", what: expect.stringMatching(/On-Demand may run 0.5 vCPUs/) },
      ]);
    });
  });
}

async function roleOf(service: DeployedService, logicalId: string): Promise<string> {
  const cloudFormation = new CloudFormationClient(clientOptions(service.operator.stage));
  const { StackResourceSummaries = [] } = await cloudFormation.send(
    new ListStackResourcesCommand({ StackName: "slipway-local" }),
  );
  cloudFormation.destroy();
  return (
    StackResourceSummaries.find(({ LogicalResourceId }) => LogicalResourceId === logicalId)
      ?.PhysicalResourceId ?? ""
  );
}
