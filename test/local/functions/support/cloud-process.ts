import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const PROGRAM = `
import { startCloud } from ${JSON.stringify(new URL("../../../../local/cloud.ts", import.meta.url).href)};
const cloud = await startCloud({ dataDir: process.argv[1], report: (line) => console.error(line) });
console.log(cloud.endpoint);
`;

/** The whole cloud in a process of its own, so that it can be killed. */
export async function startCloudProcess(dataDir: string) {
  const child = spawn(process.execPath, ["--input-type=module", "-e", PROGRAM, dataDir], {
    cwd: fileURLToPath(new URL("../../../..", import.meta.url)),
    env: { PATH: process.env["PATH"] },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [endpoint] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return {
    endpoint,
    client: {
      endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "operator", secretAccessKey: "operator" },
    },
    async kill() {
      if (child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}
