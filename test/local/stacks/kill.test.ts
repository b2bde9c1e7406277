import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import {
  CloudFormationClient,
  ContinueUpdateRollbackCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { contentOf } from "./file-providers.ts";
import { aFile, aFragileFile, startStackTest, type StackTest } from "./stack-test.ts";

let dataDir: string;
let folder: string;
const started: ChildProcess[] = [];
const clouds: StackTest[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "stack-state-"));
  folder = mkdtempSync(join(tmpdir(), "stack-files-"));
});

afterEach(async () => {
  for (const cloud of clouds.splice(0)) await cloud.stop();
  for (const child of started.splice(0)) child.kill("SIGKILL");
  rmSync(dataDir, { recursive: true, force: true });
});

/** Runs a cloud in a process of its own until an event stands in the stack's list, then kills it. */
async function killedAt(
  event: string,
  act: (client: CloudFormationClient) => Promise<unknown>,
): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "cloud-process.ts"), dataDir, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  started.push(child);
  const [endpoint] = (await once(child.stdout, "data")) as [Buffer];
  const credentials = { accessKeyId: "operator", secretAccessKey: "operator" };
  const client = new CloudFormationClient({
    endpoint: endpoint.toString("utf8").trim(),
    region: "us-east-1",
    credentials,
  });
  await act(client);
  const events = async () => {
    const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: "life" }));
    return StackEvents.map(
      ({ LogicalResourceId, ResourceStatus }) => `${LogicalResourceId} ${ResourceStatus}`,
    );
  };
  while (!(await events()).includes(event)) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill("SIGKILL");
  await once(child, "exit");
}

/** In the middle of the update of a stack that was whole. */
async function killedInUpdate(): Promise<void> {
  await killedAt("B UPDATE_IN_PROGRESS", async (client) => {
    await client.send(
      new CreateStackCommand({ StackName: "life", TemplateBody: JSON.stringify(template("one")) }),
    );
    await until(client, "life CREATE_COMPLETE");
    await client.send(
      new UpdateStackCommand({ StackName: "life", TemplateBody: JSON.stringify(template("hang")) }),
    );
  });
}

async function restarted(): Promise<StackTest> {
  const cloud = await startStackTest({ dataDir }, folder);
  clouds.push(cloud);
  return cloud;
}

const template = (content: string) => ({
  Resources: {
    A: aFile("a", { FileName: "a" }),
    B: aFragileFile(content, { DependsOn: "A" }),
    C: aFile({ Ref: "B" }, { FileName: "c" }),
  },
});
const creation = new CreateStackCommand({
  StackName: "life",
  TemplateBody: JSON.stringify(template("hang")),
});

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html */
test("a creation cut short has failed, and the next deploy goes on where it was", async () => {
  await killedAt("B CREATE_IN_PROGRESS", (client) => client.send(creation));
  const half = (): string | undefined => cloud.files().find((name) => name.startsWith("life-B-"));
  const cloud = await restarted();
  expect(await cloud.settled("life")).toMatchObject({ StackStatus: "CREATE_FAILED" });
  const begun = half();
  expect(contentOf(folder, begun ?? "")).toBe("half");

  const stack = await cloud.update("life", template("whole"));

  expect(stack.StackStatus).toBe("UPDATE_COMPLETE");
  expect(cloud.calls).toEqual(["create B", "create C"]);
  expect(cloud.files()).toEqual(["a", "c", begun]);
  expect(contentOf(folder, begun ?? "")).toBe("whole");
});

test("an update cut short has failed and can be repeated", async () => {
  await killedInUpdate();
  const cloud = await restarted();
  expect(await cloud.settled("life")).toMatchObject({ StackStatus: "UPDATE_FAILED" });

  const stack = await cloud.update("life", template("one"));

  expect(stack.StackStatus).toBe("UPDATE_COMPLETE");
  expect(cloud.calls).toEqual(["update B"]);
  expect(contentOf(folder, cloud.files().find((name) => name.startsWith("life-B-")) ?? "")).toBe("one");
});

test("after an update cut short, one that fails goes back to what last worked", async () => {
  await killedInUpdate();
  const cloud = await restarted();

  const stack = await cloud.update("life", template("refuse"));

  expect(stack.StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
  expect(contentOf(folder, cloud.files().find((name) => name.startsWith("life-B-")) ?? "")).toBe("one");
  await expect(cloud.client.send(new ContinueUpdateRollbackCommand({ StackName: "life" }))).rejects.toThrow(
    /is in UPDATE_ROLLBACK_COMPLETE state and can not continue rollback/,
  );
});

test("a creation cut short can be deleted, and the half made resource goes too", async () => {
  await killedAt("B CREATE_IN_PROGRESS", (client) => client.send(creation));
  const cloud = await restarted();
  expect(cloud.files()).toHaveLength(2);

  expect(await cloud.remove("life")).toMatchObject({ StackStatus: "DELETE_COMPLETE" });
  expect(cloud.files()).toEqual([]);
});

test("a finished stack is there again, with its outputs, and takes updates", async () => {
  const withOutput = { ...template("one"), Outputs: { Name: { Value: { Ref: "A" } } } };
  await killedAt("life CREATE_COMPLETE", (client) =>
    client.send(new CreateStackCommand({ StackName: "life", TemplateBody: JSON.stringify(withOutput) })),
  );
  const cloud = await restarted();

  expect(await cloud.settled("life")).toMatchObject({
    StackStatus: "CREATE_COMPLETE",
    Outputs: [{ OutputKey: "Name", OutputValue: "a" }],
  });
  await expect(cloud.update("life", withOutput)).rejects.toMatchObject({
    message: "No updates are to be performed.",
  });
  await cloud.client.send(new DeleteStackCommand({ StackName: "life" }));
});

async function until(client: CloudFormationClient, event: string): Promise<void> {
  for (;;) {
    const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: "life" }));
    if (
      StackEvents.some(
        ({ LogicalResourceId, ResourceStatus }) => `${LogicalResourceId} ${ResourceStatus}` === event,
      )
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
