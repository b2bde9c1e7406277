import { startCloud } from "../local/cloud.ts";

/** What the cloud's process tells the one that started it. */
export interface FromCloud {
  readonly endpoint: string;
}

const [, , dataDir = ""] = process.argv;
const cloud = await startCloud({ dataDir });
process.once("disconnect", () => void cloud.stop().finally(() => process.exit()));
process.send?.({ endpoint: cloud.endpoint } satisfies FromCloud);
