import type { Job } from "#core/jobs/job.ts";
import type { ResultStore } from "#core/ports/object-store.ts";
import { BadInput } from "#flow/work-errors.ts";
import { takeInventory } from "#flow/take-inventory.ts";
import type { InventoryCount, InventoryPorts, InventoryQuery } from "#flow/take-inventory.ts";

/** The job's `result`: sums over all upload pipelines; the report has each one. */
export interface InventoryResult {
  readonly kind: "inventory";
  readonly listed: number;
  readonly sent: number;
  readonly tooOld: number;
  /** In the results bucket. */
  readonly reportKey: string;
}

/**
 * One tick of the inventory: what S3 has and no job knows is sent to intake, and the hour's report is written.
 * @throws BadInput for a job that no tick made
 */
export async function inventoryTick(
  job: Job,
  query: Omit<InventoryQuery, "asOf">,
  ports: InventoryPorts & { readonly reports: ResultStore },
): Promise<InventoryResult> {
  const { source } = job;
  if (source.type === "upload")
    throw new BadInput("The inventory works on ticks and requests, not on uploads.");
  const tick = source.type === "schedule" ? source.tick : job.createdAt;
  const pipelines = await takeInventory({ ...query, asOf: new Date(tick) }, ports);
  const reportKey = `reports/${tick}.json`;
  const { bucket, days } = query;
  const report = { tick, bucket, days, writtenAt: ports.clock.now().toISOString(), pipelines };
  await ports.reports.put({
    key: reportKey,
    body: `${JSON.stringify(report, null, 2)}\n`,
    contentType: "application/json",
  });
  const sum = (member: keyof InventoryCount): number =>
    Object.values(pipelines).reduce((total, count) => total + count[member], 0);
  return { kind: "inventory", listed: sum("listed"), sent: sum("sent"), tooOld: sum("tooOld"), reportKey };
}
