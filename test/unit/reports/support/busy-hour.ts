import type { HourlyReport } from "#events/slipway/hourly-report.ts";
import { inventoryTick } from "../../../../tasks/inventory/task.ts";
import { MemoryStage, type Work } from "../../flow/support/memory-stage.ts";

/** What a stranger may call a file: markup, quotes, a name that turns what follows around, one without end. */
export const HOSTILE_NAMES = [
  `<script>document.title="owned"</script>.jpg`,
  `"><img src=x onerror="document.title='owned'">.jpg`,
  `invoice\u202Egpj.exe.jpg`,
  `${"endless-".repeat(60)}.jpg`,
];

const failing: Work = (job) => {
  const key = job.source.type === "upload" ? job.source.key : "";
  if (!HOSTILE_NAMES.some((name) => key.endsWith(name))) return { type: "succeeded", result: null };
  return {
    type: "failed",
    report: { reason: `"${key.slice(0, 80)}" is no <b>picture</b>.`, tryAgain: false },
  };
};

/** An hour of a stage in memory, and what the inventory's tick at its end wrote into the results bucket. */
export async function busyHour(names: readonly string[] = HOSTILE_NAMES): Promise<{
  json: HourlyReport;
  page: string;
  written: ReadonlyMap<string, { contentType: string }>;
}> {
  const stage = new MemoryStage({ pack: { maxJobs: 25, windowSeconds: 2 } });
  const began = stage.now;
  for (let minute = 0; minute < 58; minute += 1) {
    const files = Math.round(6 + 5 * Math.sin(minute / 7) + (minute % 13 === 0 ? 9 : 0));
    for (let file = 0; file < files; file += 1) {
      const ending = ["jpg", "jpg", "png", "webp", "heic", "tiff"][(minute + file) % 6] ?? "jpg";
      await stage.upload(`${minute}/${file}.${ending}`, 40_000 * (1 + ((minute * file) % 90)));
    }
    const hostile = names[Math.floor(minute / 12)];
    if (minute % 12 === 5 && hostile !== undefined) await stage.upload(hostile);
    await stage.dispatch();
    if (minute < 55) await stage.runTasks(failing, 0);
    stage.now = new Date(began.getTime() + (minute + 1) * 60_000);
  }
  return tickOf(stage, new Date(began.getTime() + 3_600_000));
}

/** An hour in which nothing came. */
export function quietHour(): ReturnType<typeof busyHour> {
  const stage = new MemoryStage();
  return tickOf(stage, stage.now);
}

async function tickOf(stage: MemoryStage, at: Date): ReturnType<typeof busyHour> {
  const tick = at.toISOString();
  stage.now = at;
  const written = new Map<string, { body: string; contentType: string }>();
  await stage.pipelineStore.introducePipeline({
    pipeline: "images",
    since: "2026-01-01T00:00:00Z",
    paused: false,
  });
  const ruleArn = "arn:aws:events:us-east-1:000000000000:rule/slipway-test-inventory";
  const result = await inventoryTick(
    { ...(await jobOf(stage, tick)), source: { type: "schedule", ruleArn, tick } },
    { bucket: "uploads", days: 7, settleSeconds: 120, signal: new AbortController().signal },
    {
      ...stage.ports(),
      listing: {
        cuts: async () => [],
        async *listVersions() {
          const lost = {
            bucket: "uploads",
            key: "images/lost.jpg",
            versionId: "v1",
            sizeBytes: 5000,
            isLatest: true,
          };
          yield [{ ...lost, lastModified: new Date(at.getTime() - 600_000).toISOString() }];
        },
      },
      intake: stage.messaging,
      reports: {
        put: async ({ key, body, contentType }) => void written.set(key, { body: String(body), contentType }),
      },
    },
  );
  return {
    json: JSON.parse(written.get(result.reportKey)?.body ?? "") as HourlyReport,
    page: written.get(result.pageKey)?.body ?? "",
    written,
  };
}

async function jobOf(stage: MemoryStage, tick: string) {
  const jobId = await stage.upload(`tick ${tick}.jpg`);
  return { ...(await stage.job(jobId)), createdAt: tick };
}
