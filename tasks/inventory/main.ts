import { inventorySetup } from "#runtime/inventory-ports.ts";
import { runTask } from "#runtime/task-runner.ts";
import { inventoryTick } from "./task.ts";

await runTask(async ({ job, signal }) => {
  const { ports, ...query } = inventorySetup();
  return inventoryTick(job, { ...query, signal }, ports);
});
