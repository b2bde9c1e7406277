#!/usr/bin/env node
import { join } from "node:path";
import { runFramework } from "../../cli/framework.ts";
import { ServiceFolder } from "../../cli/service-folder.ts";
import { MotoServer, motoIsInstalled } from "../local/support/moto-server.ts";
import { deployDirectly, spellOut } from "./what-moto-lacks.ts";

/** Deploys the default stack into moto: an AWS that others wrote takes our template, and our calls around it. */

if (motoIsInstalled()) await tryDeploy();
else
  console.error(
    "\n*** moto_server is not installed: the deploy is NOT tried on it. pip install 'moto[all,server]' ***\n",
  );

async function tryDeploy(): Promise<void> {
  // What it has started and written goes with it, also where it is interrupted.
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopping.abort());
  try {
    await deployIntoMoto(stopping.signal);
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    console.error("Stopped before the end.");
    process.exitCode = 130;
  }
}

async function deployIntoMoto(signal: AbortSignal): Promise<void> {
  await using moto = await MotoServer.start();
  await using folder = await ServiceFolder.make();
  const options = {
    cwd: folder.path,
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: moto.endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "any",
      AWS_SECRET_ACCESS_KEY: "any",
      AWS_PROFILE: undefined,
      SLS_TELEMETRY_DISABLED: "1",
      SLS_AWS_MONITORING_FREQUENCY: "500",
    },
    onText: (text: string) => void process.stderr.write(text),
    signal,
  };
  const stage = ["--stage", "dev", "--param", "images=none", "--param", "adminEmail=ops@example.com"];
  const artifacts = ["--package", "artifacts"];
  deployDirectly(join(folder.path, "serverless.yml"));
  await runFramework(["package", ...stage, ...artifacts], options);
  spellOut(join(folder.path, "artifacts"));
  const { code, said } = await runFramework(["deploy", ...stage, ...artifacts], options);
  if (code === 0 && said.includes("Service deployed")) return;
  console.error(`The default stack did not reach "Service deployed" on moto.\n${moto.troubles}`);
  process.exitCode = 1;
}
