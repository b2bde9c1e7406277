import type { Ecs } from "../ecs.ts";
import { cpuSeconds } from "../launcher/cpu-time.ts";
import { residentBytes } from "../launcher/process-tree.ts";
import type { TaskRecord } from "../model/task.ts";
import { tasksOf } from "./service-tasks.ts";
import { isRunning, type ServiceRecord } from "./service-record.ts";

const lookMs = 1000;
const mib = 1024 * 1024;

/** Per cent of what the task was given. */
interface Usage {
  readonly cpu: number;
  readonly memory: number;
}

interface Look {
  readonly at: number;
  readonly seconds: number;
}

/** Looks once a second at what the processes of services use. */
export class TaskUsage {
  readonly #ecs: Ecs;
  #looks = new Map<string, Look>();
  #usage = new Map<string, Usage>();
  #timer: NodeJS.Timeout | undefined;

  constructor(ecs: Ecs) {
    this.#ecs = ecs;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#look().catch((error: unknown) =>
        this.#ecs.context.report(`ECS: usage of tasks: ${String(error)}`),
      );
    }, lookMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Of the running tasks of a service that were looked at already. */
  of(service: ServiceRecord): Usage[] {
    return tasksOf(this.#ecs, service).flatMap(({ taskArn }) => this.#usage.get(taskArn) ?? []);
  }

  async #look(): Promise<void> {
    const { services } = this.#ecs;
    const tasks = services
      .all()
      .flatMap((service) => tasksOf(this.#ecs, service).filter((task) => isRunning(task)));
    const pids = tasks.flatMap(pidsOf);
    const [seconds, bytes] = await Promise.all([cpuSeconds(pids), residentBytes(pids)]);
    const at = performance.now();
    const looks = new Map<string, Look>();
    const usage = new Map<string, Usage>();
    for (const task of tasks) {
      const sum = (of: ReadonlyMap<number, number>): number =>
        pidsOf(task).reduce((total, pid) => total + (of.get(pid) ?? 0), 0);
      const look = { at, seconds: sum(seconds) };
      const before = this.#looks.get(task.taskArn);
      looks.set(task.taskArn, look);
      if (before !== undefined)
        usage.set(task.taskArn, {
          cpu: cpuPercent(task, before, look),
          memory: (100 * sum(bytes)) / (Number(task.memory) * mib),
        });
    }
    this.#looks = looks;
    this.#usage = usage;
  }
}

const pidsOf = ({ containers }: TaskRecord): number[] =>
  containers.flatMap(({ process }) => process?.pid ?? []);

function cpuPercent(task: TaskRecord, before: Look, now: Look): number {
  const vcpus = Number(task.cpu) / 1024;
  const share = ((now.seconds - before.seconds) * 1000) / (now.at - before.at) / vcpus;
  return Math.max(0, 100 * share);
}
