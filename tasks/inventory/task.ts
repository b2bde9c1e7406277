import { z } from "zod";
import type { Job } from "#core/jobs/job.ts";
import type { ResultStore } from "#core/ports/object-store.ts";
import { reportPage } from "#core/reports/report-page.ts";
import { HourlyReport } from "#events/slipway/hourly-report.ts";
import { type HourPorts, reportHour } from "#flow/report-hour.ts";
import { BadInput } from "#flow/work-errors.ts";
import { takeInventory } from "#flow/take-inventory.ts";
import type { InventoryCount } from "#flow/count-uploads.ts";
import type { InventoryPorts, InventoryQuery } from "#flow/take-inventory.ts";

/** The job's `result`: sums over all upload pipelines; the report has each one. */
export interface InventoryResult {
  readonly kind: "inventory";
  readonly listed: number;
  readonly sent: number;
  readonly tooOld: number;
  /** In the results bucket: the hour's report as JSON, and for people. */
  readonly reportKey: string;
  readonly pageKey: string;
}

/** The input of a request for a look at everything: `slipway submit inventory --input '{"full":true}'`. */
const FullLook = z.looseObject({ full: z.literal(true) });

/**
 * One tick of the inventory: what S3 has and no job knows is sent to intake, and the hour's report is written.
 * @throws BadInput for a job that no tick made
 */
export async function inventoryTick(
  job: Job,
  query: Omit<InventoryQuery, "asOf" | "full">,
  ports: InventoryPorts & HourPorts & { readonly reports: ResultStore },
): Promise<InventoryResult> {
  const { source } = job;
  if (source.type !== "schedule" && source.type !== "request")
    throw new BadInput("The inventory works on ticks and requests, not on uploads.");
  const tick = source.type === "schedule" ? source.tick : job.createdAt;
  const full = source.type === "request" && FullLook.safeParse(source.input).success;
  const pipelines = await takeInventory({ ...query, asOf: new Date(tick), full }, ports);
  const { bucket, days } = query;
  const hour = await reportHour(new Date(tick), Object.keys(ports.pipelines), ports);
  const writtenAt = ports.clock.now().toISOString();
  const report = HourlyReport.parse({ tick, writtenAt, bucket, days, pipelines, hour });
  const [reportKey, pageKey] = [`reports/${tick}.json`, `reports/${tick}.html`];
  const body = `${JSON.stringify(report, null, 2)}\n`;
  await ports.reports.put({ key: reportKey, body, contentType: "application/json" });
  const page = reportPage(report);
  await ports.reports.put({ key: pageKey, body: page, contentType: "text/html; charset=utf-8" });
  const sum = (member: keyof InventoryCount): number =>
    Object.values(pipelines).reduce((total, count) => total + count[member], 0);
  return {
    kind: "inventory",
    listed: sum("listed"),
    sent: sum("sent"),
    tooOld: sum("tooOld"),
    reportKey,
    pageKey,
  };
}
