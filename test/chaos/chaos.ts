import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deployLocal, OPERATOR_ENVIRONMENT } from "../../cli/deploy-local.ts";
import { operatorOf, type Operator } from "../../cli/operator.ts";
import { type Random, seededRandom } from "../simulation/engine/random.ts";
import { judge, type Violation } from "./judge.ts";
import { type Kill, killAtRandom, killCloud } from "./killer.ts";
import { MortalCloud } from "./mortal-cloud.ts";
import { depths, keysIn, readTable, versionsIn } from "./observe.ts";
import { planPictures } from "./pictures.ts";
import { awaitQuiet, type Quiet } from "./settle.ts";
import { storyOf } from "./story.ts";
import { uploadAll, type Uploads } from "./uploads.ts";

export interface ChaosOptions {
  readonly uploads: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Takes what is being done now. */
  readonly show: (text: string) => void;
}

export interface ChaosResult {
  readonly seed: number;
  readonly uploads: number;
  readonly seconds: { readonly deploy: number; readonly uploading: number; readonly settling: number };
  readonly killed: Readonly<Record<Kill["victim"], number>>;
  /** How long the cloud took to be there again, at worst. */
  readonly slowestStartMs: number;
  /** Puts that had to be made again. */
  readonly uploadRetries: number;
  /** Attempts at the jobs, and those of them that came to nothing. */
  readonly attempts: { readonly made: number; readonly lost: number };
  readonly retriedByPerson: number;
  readonly clockMovedMinutes: number;
  /** Messages in dead-letter queues, by queue; what they were for was done another way, or there is a violation. */
  readonly deadLetters: Readonly<Record<string, number>>;
  readonly violations: readonly (Violation & { readonly story: readonly string[] })[];
  /** What the cloud said; told where there are violations. */
  readonly said: readonly string[];
  /** Kept where there are violations. */
  readonly dataDir?: string;
}

const UPLOADS_PER_SECOND = 12;
const UPLOADS_A_KILL = 10;
const TELL_MS = 2_000;
const SETTLE_MS = 8 * 60_000;

/**
 * Deploys the service into a local cloud of its own, uploads pictures while functions, tasks and the cloud itself are killed by SIGKILL, lets
 * all of it come to rest, and looks whether each accepted file has its one result. The seed decides on the pictures, the victims and the
 * pauses; the machine's own timing stays its own.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const dataDir = mkdtempSync(join(tmpdir(), "slipway-chaos-"));
  let keep = false;
  try {
    await using cloud = new MortalCloud(dataDir);
    const result = await unleash(cloud, options);
    await cloud.stop();
    const orphans = cloud.orphans.map(({ pid, command }) => ({
      what: `process ${pid} outlived its cloud: ${command}`,
      story: [],
    }));
    const violations = [...result.violations, ...orphans];
    keep = violations.length > 0;
    return { ...result, violations, ...(keep ? { dataDir } : {}) };
  } finally {
    if (!keep) rmSync(dataDir, { recursive: true, force: true });
  }
}

async function unleash(cloud: MortalCloud, options: ChaosOptions): Promise<ChaosResult> {
  const { uploads: count, seed, signal, show } = options;
  const random = seededRandom(`chaos/${seed}`);
  const clock = stopwatch();
  show("Starting a local cloud");
  await cloud.start();
  show("Deploying Slipway into it (serverless deploy --stage local)");
  await deployLocal(cloud.endpoint, () => undefined, signal);
  const operator = await operatorOf({
    name: "local",
    region: OPERATOR_ENVIRONMENT.AWS_REGION,
    endpoint: cloud.endpoint,
  });
  const deploy = clock();
  const uploads: Uploads = { accepted: new Map(), retries: 0 };
  const kills = await uploadUnderFire(cloud, operator, { ...options, random, accepted: uploads });
  const uploading = clock();
  const deadline = performance.now() + SETTLE_MS;
  const quiet = await awaitQuiet(cloud, operator, { uploads: count, deadline, show, signal });
  const settling = clock();
  show("Looking at what came out");
  const seen = await findings(operator, uploads, kills, quiet);
  return {
    seed,
    uploads: count,
    seconds: { deploy, uploading, settling },
    killed: {
      function: kills.filter(({ victim }) => victim === "function").length,
      task: kills.filter(({ victim }) => victim === "task").length,
      cloud: kills.filter(({ victim }) => victim === "cloud").length,
    },
    slowestStartMs: Math.round(Math.max(...cloud.startsMs)),
    uploadRetries: uploads.retries,
    retriedByPerson: quiet.retried.length,
    clockMovedMinutes: quiet.movedMinutes,
    ...seen,
    said: cloud.said,
  };
}

/** Uploads and kills side by side, and kills the cloud at the end, with whatever is under way in it. */
async function uploadUnderFire(
  cloud: MortalCloud,
  operator: Operator,
  options: ChaosOptions & { readonly random: Random; readonly accepted: Uploads },
): Promise<Kill[]> {
  const { uploads: count, random, accepted: uploads, show, signal } = options;
  const pictures = planPictures(count, random.fork("pictures"));
  const bucket = operator.outputs.UploadsBucket;
  const kills: Kill[] = [];
  const telling = setInterval(
    () => show(`${uploads.accepted.size} of ${count} uploaded, ${kills.length} killed`),
    TELL_MS,
  );
  try {
    const plan = { pictures, bucket, perSecond: UPLOADS_PER_SECOND, signal };
    const most = Math.ceil(count / UPLOADS_A_KILL);
    const uploaded = new AbortController();
    await Promise.all([
      uploadAll(operator.stage, plan, uploads).finally(() => uploaded.abort()),
      killAtRandom(cloud, random.fork("kills"), { most, kills, uploaded: uploaded.signal, signal }),
    ]);
    signal.throwIfAborted();
    kills.push(await killCloud(cloud, random.fork("last")));
    return kills;
  } finally {
    clearInterval(telling);
  }
}

async function findings(operator: Operator, uploads: Uploads, kills: readonly Kill[], quiet: Quiet) {
  const { jobs: all, runs } = await readTable(operator);
  const jobs = all.filter(({ source }) => source.type === "upload");
  const { UploadsBucket, ResultsBucket } = operator.outputs;
  const violations = judge({
    accepted: uploads.accepted,
    versions: await versionsIn(operator, UploadsBucket),
    jobs,
    resultKeys: await keysIn(operator, ResultsBucket),
    stuck: quiet.stuck,
  });
  const world = { accepted: uploads.accepted, jobs, runs, kills, operator };
  const attempts = jobs.flatMap((job) => job.attempts);
  return {
    attempts: {
      made: attempts.length,
      lost: attempts.filter(({ outcome }) => outcome !== "succeeded").length,
    },
    deadLetters: Object.fromEntries(
      (await depths(operator)).flatMap(({ queue, isDeadLetters, messages }) =>
        isDeadLetters && messages > 0 ? [[queue, messages]] : [],
      ),
    ),
    violations: await Promise.all(
      violations.map(async (violation) => ({ ...violation, story: await storyOf(violation, world) })),
    ),
  };
}

/** Seconds since it was last asked. */
function stopwatch(): () => number {
  let from = performance.now();
  return () => {
    const seconds = Math.round((performance.now() - from) / 100) / 10;
    from = performance.now();
    return seconds;
  };
}
