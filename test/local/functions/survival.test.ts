import { mkdtempSync, readFileSync, rmSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { startCloudProcess } from "./support/cloud-process.ts";
import { zipOf } from "./support/zip-of.ts";

let folder: string;
let cloud: Awaited<ReturnType<typeof startCloudProcess>>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "killed-cloud-"));
  cloud = await startCloudProcess(join(folder, "data"));
});
afterEach(async () => {
  await cloud.kill();
  rmSync(folder, { recursive: true, force: true });
});

async function create(name: string, source: string): Promise<void> {
  const trust = {
    Statement: [
      { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
    ],
  };
  const iam = new IAMClient(cloud.client);
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: "role", AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  await new LambdaClient(cloud.client).send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      Role: Role?.Arn,
      Timeout: 900,
      Code: { ZipFile: zipOf({ "index.mjs": source }) },
    }),
  );
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
describe("a cloud that is killed", () => {
  test("runs the asynchronous invocations that it had accepted when it is started again", async () => {
    const marker = join(folder, "marker");
    await create(
      "writer",
      `import { appendFileSync, existsSync } from "node:fs";
       export const handler = async ({ marker }) => {
         const again = existsSync(marker);
         appendFileSync(marker, process.pid + "\\n");
         if (!again) await new Promise(() => setInterval(() => undefined, 1000));
         appendFileSync(marker, "done\\n");
       };`,
    );
    await new LambdaClient(cloud.client).send(
      new InvokeCommand({
        FunctionName: "writer",
        InvocationType: "Event",
        Payload: JSON.stringify({ marker }),
      }),
    );
    await until(() => existsSync(marker));
    await cloud.kill();
    cloud = await startCloudProcess(join(folder, "data"));
    await until(() => readFileSync(marker, "utf8").endsWith("done\n"));
    expect(readFileSync(marker, "utf8")).toMatch(/^\d+\n\d+\ndone\n$/);
  });

  test("leaves no process behind, not even one in an endless loop or one that a function started", async () => {
    const pids = join(folder, "pids");
    await create(
      "loop",
      `import { spawn } from "node:child_process";
       import { renameSync, writeFileSync } from "node:fs";
       export const handler = async ({ pids }) => {
         const { pid } = spawn("sleep", ["600"], { stdio: "ignore" });
         writeFileSync(pids + ".next", process.pid + " " + pid);
         renameSync(pids + ".next", pids);
         for (;;);
       };`,
    );
    await new LambdaClient(cloud.client).send(
      new InvokeCommand({ FunctionName: "loop", InvocationType: "Event", Payload: JSON.stringify({ pids }) }),
    );
    await until(() => existsSync(pids));
    const children = readFileSync(pids, "utf8").split(" ").map(Number);
    expect(children.map(runs)).toEqual([true, true]);
    await cloud.kill();
    await until(() => !children.some(runs));
    expect(children.map(runs)).toEqual([false, false]);
  });
});
