#!/usr/bin/env node
import { spawn } from "node:child_process";
import { join } from "node:path";
import { PROJECT_DIR } from "../../cli/running-cloud.ts";
import { ServiceFolder } from "../../cli/service-folder.ts";
import { MotoServer, motoIsInstalled } from "../local/support/moto-server.ts";
import { deployDirectly, spellOut } from "./what-moto-lacks.ts";

/** Deploys the default stack into moto: an AWS that others wrote takes our template, and our calls around it. */

if (!motoIsInstalled()) {
  console.error(
    "\n*** moto_server is not installed: the deploy is NOT tried on it. pip install 'moto[all,server]' ***\n",
  );
} else {
  await using moto = await MotoServer.start();
  await using folder = await ServiceFolder.make();
  const stage = ["--stage", "dev", "--param", "images=none", "--param", "adminEmail=ops@example.com"];
  deployDirectly(join(folder.path, "serverless.yml"));
  const artifacts = ["--package", "artifacts"];
  await serverless(folder.path, moto.endpoint, ["package", ...stage, ...artifacts]);
  spellOut(join(folder.path, "artifacts"));
  const said = await serverless(folder.path, moto.endpoint, ["deploy", ...stage, ...artifacts]);
  if (said?.includes("Service deployed") !== true) {
    console.error(`The default stack did not reach "Service deployed" on moto.\n${moto.troubles}`);
    process.exitCode = 1;
  }
}

/** @returns what it said, or nothing where it failed */
async function serverless(
  cwd: string,
  endpoint: string,
  args: readonly string[],
): Promise<string | undefined> {
  const child = spawn(
    process.execPath,
    [join(PROJECT_DIR, "node_modules", "serverless", "bin", "serverless.js"), ...args],
    {
      cwd,
      env: {
        ...process.env,
        AWS_ENDPOINT_URL: endpoint,
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "any",
        AWS_SECRET_ACCESS_KEY: "any",
        AWS_PROFILE: undefined,
        SLS_TELEMETRY_DISABLED: "1",
        SLS_AWS_MONITORING_FREQUENCY: "500",
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      process.stderr.write(text);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return code === 0 ? said : undefined;
}
