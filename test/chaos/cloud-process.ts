import { startCloud } from "#local/cloud.ts";

/**
 * A local cloud in a process of its own, to be killed: node cloud-process.ts DATA_DIR PORT. Prints its endpoint on standard output
 * and what it has to say on standard error; ends with its standard input, so that it never outlives who started it.
 */
const [dataDir = "", port = "0"] = process.argv.slice(2);
const cloud = await startCloud({ dataDir, port: Number(port), report: (line) => console.error(line) });
const end = (): void => void cloud.stop().finally(() => process.exit());
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, end);
process.stdin.once("close", end).resume();
console.log(cloud.endpoint);
