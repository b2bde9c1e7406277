import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cloud, startCloud } from "#local/cloud.ts";

export interface CloudUnderTest {
  /** The running cloud; another one after a restart. */
  readonly cloud: Cloud;
  readonly dataDir: string;
  readonly reported: string[];
  /** What an SDK client wants, as the operator. */
  client(): {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  /** Stops the cloud and starts another one on the same folder. */
  restart(): Promise<void>;
  /** Stops the cloud and removes its folder. */
  end(): Promise<void>;
}

/** Starts a whole cloud on a free port and a folder of its own. */
export async function startWholeCloud(): Promise<CloudUnderTest> {
  const dataDir = mkdtempSync(join(tmpdir(), "local-cloud-"));
  const reported: string[] = [];
  const start = () => startCloud({ dataDir, report: (line) => void reported.push(line) });
  let cloud = await start();
  return {
    get cloud() {
      return cloud;
    },
    dataDir,
    reported,
    client: () => ({
      endpoint: cloud.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "operator", secretAccessKey: "operator" },
    }),
    async restart() {
      await cloud.stop();
      cloud = await start();
    },
    async end() {
      await cloud.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
