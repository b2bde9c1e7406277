import { join } from "node:path";
import type { CloudContext } from "../../context/cloud-context.ts";
import { lastPart } from "../model/arns.ts";
import { isSpot, type TaskRecord } from "../model/task.ts";
import { Journal } from "./journal.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** What a client token of RunTask is bound to. */
export interface LaunchRecord {
  readonly clusterArn: string;
  readonly clientToken: string;
  /** Of all parameters besides the token. */
  readonly parametersHash: string;
  readonly taskArns: readonly string[];
  readonly failures: readonly unknown[];
  readonly createdAt: number;
}

/** One line of the journal: what changed together. */
interface Entry {
  readonly tasks?: readonly TaskRecord[];
  readonly launch?: LaunchRecord;
}

/** The tasks of all clusters and the client tokens that started them, on disk. */
export class TaskStore {
  readonly #context: CloudContext;
  readonly #journal: Journal<Entry>;
  readonly #tasks = new Map<string, TaskRecord>();
  readonly #launches = new Map<string, LaunchRecord>();

  constructor(context: CloudContext) {
    this.#context = context;
    this.#journal = new Journal(join(context.dataDir, "tasks", "tasks.jsonl"));
    for (const entry of this.#journal.read()) this.#remember(entry);
    this.#forgetExpired();
    this.#compact();
  }

  /** Writes new tasks and the token that they answer, in one line: after a crash both are there, or neither. */
  addLaunch(tasks: readonly TaskRecord[], launch: LaunchRecord | undefined): void {
    const entry: Entry = { tasks, ...(launch === undefined ? {} : { launch }) };
    this.#remember(entry);
    this.#journal.append(entry);
    this.#forgetExpired();
  }

  save(task: TaskRecord): void {
    this.#journal.append({ tasks: [task] });
    if (this.#journal.length > 1000 + 8 * this.#tasks.size) this.#compact();
  }

  /** By id or ARN; undefined once a stopped task is described no more, one hour after it stopped. */
  find(clusterArn: string, idOrArn: string): TaskRecord | undefined {
    const task = this.#tasks.get(`${clusterArn} ${lastPart(idOrArn)}`);
    return task !== undefined && this.#isDescribed(task) ? task : undefined;
  }

  /** All tasks that are still described, oldest first. */
  all(): TaskRecord[] {
    return [...this.#tasks.values()].filter((task) => this.#isDescribed(task));
  }

  inCluster(clusterArn: string): TaskRecord[] {
    return this.all().filter((task) => task.clusterArn === clusterArn);
  }

  /** vCPUs that count against the account's quota, on demand or Spot. */
  vcpusInUse(spot: boolean): number {
    return this.all()
      .filter((task) => task.lastStatus !== "STOPPED" && isSpot(task) === spot)
      .reduce((sum, task) => sum + Number(task.cpu) / 1024, 0);
  }

  /**
   * What a token is still bound to: for 24 hours or until an hour after the last of its tasks stopped, whichever comes first.
   * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html
   */
  launchOf(clusterArn: string, clientToken: string): LaunchRecord | undefined {
    const launch = this.#launches.get(`${clusterArn} ${clientToken}`);
    return launch !== undefined && this.#isBound(launch) ? launch : undefined;
  }

  #isDescribed(task: TaskRecord): boolean {
    return task.stoppedAt === undefined || this.#context.clock.now() - task.stoppedAt < hourMs;
  }

  #isBound(launch: LaunchRecord): boolean {
    const now = this.#context.clock.now();
    if (now - launch.createdAt >= dayMs) return false;
    if (launch.taskArns.length === 0) return now - launch.createdAt < hourMs;
    return launch.taskArns.some((arn) => this.find(launch.clusterArn, arn) !== undefined);
  }

  #remember(entry: Entry): void {
    for (const task of entry.tasks ?? [])
      this.#tasks.set(`${task.clusterArn} ${lastPart(task.taskArn)}`, task);
    const { launch } = entry;
    if (launch !== undefined) this.#launches.set(`${launch.clusterArn} ${launch.clientToken}`, launch);
  }

  #forgetExpired(): void {
    for (const [key, launch] of this.#launches) if (!this.#isBound(launch)) this.#launches.delete(key);
    for (const [key, task] of this.#tasks) if (!this.#isDescribed(task)) this.#tasks.delete(key);
  }

  #compact(): void {
    this.#forgetExpired();
    const tasks = [...this.#tasks.values()].map((task): Entry => ({ tasks: [task] }));
    const launches = [...this.#launches.values()].map((launch): Entry => ({ launch }));
    this.#journal.rewrite([...tasks, ...launches]);
  }
}
