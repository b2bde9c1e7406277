import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import type { Template } from "./support/package-service.ts";
import { withViolation } from "./support/planted-violation.ts";
import { compareRole, type Player } from "./support/role-comparison.ts";
import { callsIn, sdkCalls } from "./support/sdk-calls.ts";

/** The golden template is what is packaged; test/golden compares them. */
const template = JSON.parse(
  readFileSync(join(import.meta.dirname, "..", "golden", "default.json"), "utf8"),
) as Template;

const LOG = ["logs:CreateLogStream", "logs:PutLogEvents"];
const QUEUE = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
const LISTS = "the store's lists are dispatch's and the operator's";
const FLIGHTS = "flights are listed and removed by functions";

/** Who plays which role, and what its bundle alone does not show. */
const PLAYERS: [entry: string, player: Omit<Player, "calls">][] = [
  [
    "functions/intake/handler.ts",
    { role: "IntakeRole", doneByAws: [...LOG, ...QUEUE], neverCalled: { "dynamodb:Query": LISTS } },
  ],
  [
    "functions/dispatch/handler.ts",
    {
      role: "DispatchRole",
      doneByAws: [...LOG, ...QUEUE],
      neverCalled: {
        "ecs:DescribeTasks": "sweep asks for tasks",
        "ecs:ListTasks": "sweep looks for tasks",
        "ecs:StopTask": "track and sweep stop tasks",
      },
    },
  ],
  ["functions/wake/handler.ts", { role: "WakeRole", doneByAws: [...LOG, ...QUEUE], neverCalled: {} }],
  ["functions/track/handler.ts", { role: "TrackRole", doneByAws: [...LOG, ...QUEUE], neverCalled: {} }],
  [
    "functions/notify/handler.ts",
    {
      role: "NotifyRole",
      // Its on-failure destination.
      doneByAws: [...LOG, "sqs:SendMessage"],
      neverCalled: {},
    },
  ],
  [
    "functions/sweep/handler.ts",
    { role: "SweepRole", doneByAws: LOG, neverCalled: { "ecs:RunTask": "dispatch launches" } },
  ],
  [
    "tasks/media/main.ts",
    {
      role: "ImagesTaskRole",
      doneByAws: [],
      neverCalled: { "dynamodb:Query": LISTS, "dynamodb:Delete": FLIGHTS },
    },
  ],
  [
    "tasks/renditions/main.ts",
    {
      role: "RenditionsTaskRole",
      // The agent on the task's host asks for protection in the task's name.
      doneByAws: ["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"],
      neverCalled: { "dynamodb:Query": LISTS, "dynamodb:Delete": FLIGHTS },
    },
  ],
  [
    "tasks/inventory/main.ts",
    {
      role: "InventoryTaskRole",
      doneByAws: [],
      neverCalled: {
        "dynamodb:Delete": FLIGHTS,
        "s3:GetObject": "ticks have no object",
        "s3:HeadObject": "ticks have no object",
      },
    },
  ],
];

describe("a role allows what its code calls, and nothing else:", () => {
  it.each(PLAYERS)("that of %s", async (entry, player) => {
    const calls = await sdkCalls(entry);

    expect(compareRole(template, { ...player, calls })).toEqual({ missing: [], tooMuch: [], stale: [] });
  });
});

describe("the comparison of roles with calls", () => {
  const wake: Omit<Player, "calls"> = { role: "WakeRole", doneByAws: [...LOG, ...QUEUE], neverCalled: {} };
  const calls = callsIn(
    'import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";\nnew SendMessageCommand({});',
  );

  it("sees a call that the role does not allow", () => {
    const call = callsIn('import { PutCommand as Put2 } from "@aws-sdk/lib-dynamodb";\nnew Put2({});');

    expect(compareRole(template, { ...wake, calls: [...calls, ...call] }).missing).toEqual(["dynamodb:Put"]);
  });

  it("sees an action that no code calls", () => {
    const generous = withViolation(template, {
      path: "WakeRole.Properties.Policies.0.PolicyDocument.Statement.-1.Action",
      value: ["sqs:SendMessage", "sqs:PurgeQueue"],
    });

    expect(compareRole(generous, { ...wake, calls }).tooMuch).toEqual(["sqs:PurgeQueue"]);
  });

  it("sees an exception that excepts nothing any more", () => {
    expect(compareRole(template, { ...wake, calls, neverCalled: { "ecs:StopTask": "" } }).stale).toEqual([
      "ecs:StopTask",
    ]);
  });

  it("leaves out what the bundler has shaken off, of which only the import is left", () => {
    expect(callsIn('import { StopTaskCommand } from "@aws-sdk/client-ecs";\nnew Other({});')).toEqual([]);
  });

  it("does not pass over a package that it has no service for", () => {
    expect(() =>
      callsIn('import { GetParameterCommand } from "@aws-sdk/client-ssm";\nnew GetParameterCommand({});'),
    ).toThrow("@aws-sdk/client-ssm");
  });
});
