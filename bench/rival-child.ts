import { createRequire } from "node:module";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buildApp } from "fauxqs";

/** Where fauxqs (S3, SQS) and dynalite (DynamoDB) answer. */
export interface FromRivals {
  readonly fauxqs: string;
  readonly dynalite: string;
}

const [, , dataDir = ""] = process.argv;
const fauxqs = await buildApp({ logger: false }).listen({ host: "127.0.0.1", port: 0 });

const dynalite = createRequire(import.meta.url)("dynalite") as (options: {
  path: string;
  createTableMs: number;
}) => Server;
const tables = dynalite({ path: dataDir, createTableMs: 0 });
await new Promise<void>((resolve) => {
  tables.listen(0, "127.0.0.1", resolve);
});
process.once("disconnect", () => process.exit());
const { port } = tables.address() as AddressInfo;
process.send?.({ fauxqs, dynalite: `http://127.0.0.1:${port}` } satisfies FromRivals);
