import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { AgentEndpoint } from "../agent/agent-endpoint.ts";
import type { CloudContext } from "../../context/cloud-context.ts";
import {
  OUT_OF_MEMORY,
  type ContainerLauncher,
  type ContainerProcess,
  type PulledImage,
} from "../launcher/launcher.ts";
import type { MemoryGuard } from "../launcher/memory-guard.ts";
import { identify } from "../launcher/process-identity.ts";
import type { Reaper } from "../launcher/reaper.ts";
import { lastPart } from "../model/arns.ts";
import type { ContainerDefinition, TaskDefinition } from "../model/definition.ts";
import type { TaskContainer, TaskRecord } from "../model/task.ts";
import { checkFileRights } from "./file-rights.ts";
import { checkLog, logTarget } from "./log-driver.ts";

export interface TaskHost {
  readonly context: CloudContext;
  readonly agent: AgentEndpoint;
  readonly launcher: ContainerLauncher;
  readonly guard: MemoryGuard;
  readonly reaper: Reaper;
  /** Writes the record, so that a process that was begun is known after a crash. */
  save(task: TaskRecord): void;
}

/** One container of a task that has come up, with all that starting and stopping it needs. */
interface RunningContainer {
  readonly record: TaskContainer;
  readonly definition: ContainerDefinition;
  readonly stopSignal: string;
  readonly process: ContainerProcess;
  /** Settles when the exit has been written into the record. */
  readonly ended: Promise<void>;
}

const mib = 1024 * 1024;
/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html#ECS-Type-ContainerDefinition-stopTimeout */
const defaultStopTimeoutSeconds = 30;

/** Where a task's processes write: given as TMPDIR, removed when the task has stopped. */
export const scratchFolder = (context: CloudContext, taskArn: string): string =>
  join(context.dataDir, "tasks", "scratch", lastPart(taskArn));

/** The processes of one task. */
export class RunningTask {
  readonly #host: TaskHost;
  readonly #task: TaskRecord;
  readonly #containers: RunningContainer[] = [];
  readonly #release: (() => void)[] = [];

  private constructor(host: TaskHost, task: TaskRecord) {
    this.#host = host;
    this.#task = task;
  }

  /** Starts every container. @throws Error in Fargate's words where one cannot start; the others are ended */
  static async start(
    host: TaskHost,
    task: TaskRecord,
    definition: TaskDefinition,
    images: ReadonlyMap<string, PulledImage>,
  ): Promise<RunningTask> {
    const running = new RunningTask(host, task);
    mkdirSync(scratchFolder(host.context, task.taskArn), { recursive: true });
    for (const record of task.containers) {
      const container = definition.containerDefinitions.find(({ name }) => name === record.name);
      const image = images.get(record.name);
      if (container === undefined || image === undefined) continue;
      try {
        running.#checkLog(definition, container);
        checkFileRights(host.context, definition, container, definition.taskRoleArn);
        await running.#startContainer(definition, container, record, image);
      } catch (error) {
        record.reason = (error as Error).message;
        await running.kill();
        throw error;
      }
    }
    running.#watchMemory();
    return running;
  }

  /** Settles when a container ends; `essential` says whether the task ends with it. */
  onExit(listener: (essential: boolean) => void): void {
    for (const { ended, definition } of this.#containers) {
      // `ended` never rejects.
      void ended.then(() => listener(definition.essential));
    }
  }

  /** Sends every container its stop signal, and SIGKILL after its stop timeout or `atMostMs`. */
  async stop(atMostMs = Infinity): Promise<void> {
    await Promise.all(
      this.#containers.map(async ({ process, definition, stopSignal, ended }) => {
        process.signal(stopSignal);
        const timeoutMs = Math.min((definition.stopTimeout ?? defaultStopTimeoutSeconds) * 1000, atMostMs);
        const timer = setTimeout(() => process.kill(), timeoutMs);
        await ended;
        clearTimeout(timer);
      }),
    );
    this.#end();
  }

  /** SIGKILL to everything at once. */
  async kill(): Promise<void> {
    for (const { process } of this.#containers) process.kill();
    await Promise.all(this.#containers.map(({ ended }) => ended));
    this.#end();
  }

  /** SIGKILL from outside, as an operator would: the containers end with 137 and the task follows. */
  strike(): void {
    for (const { process } of this.#containers) process.kill();
  }

  async #startContainer(
    task: TaskDefinition,
    definition: ContainerDefinition,
    record: TaskContainer,
    image: PulledImage,
  ): Promise<void> {
    const { context, agent, reaper } = this.#host;
    const override = this.#task.overrides.containerOverrides?.find(({ name }) => name === record.name);
    const roleArn = task.taskRoleArn;
    record.runtimeId = `${lastPart(this.#task.taskArn)}-${String(Math.floor(Math.random() * 1e10)).padStart(10, "0")}`;
    const registered = agent.register({
      task: this.#task,
      container: record,
      definitions: task.containerDefinitions,
      ...(roleArn === undefined ? {} : { roleArn }),
    });
    this.#release.push(registered.release);
    const process = await image.start({
      task: this.#task,
      taskDefinition: task,
      definition,
      override,
      runtimeId: record.runtimeId,
      environment: {
        container: definition.environment,
        override: override?.environment ?? [],
        agent: registered.environment,
        scratch: scratchFolder(context, this.#task.taskArn),
      },
      onLines: this.#logTo(definition),
    });
    const { pid } = process;
    if (pid !== undefined) {
      reaper.watch(pid);
      const identity = identify(pid);
      if (identity !== undefined) record.process = identity;
    }
    record.lastStatus = "RUNNING";
    this.#host.save(this.#task);
    const ended = process.exited.then(({ exitCode, reason }) => {
      if (pid !== undefined) reaper.forget(pid);
      delete record.process;
      return void Object.assign(record, {
        lastStatus: "STOPPED",
        exitCode,
        ...(reason === undefined ? {} : { reason }),
      });
    });
    this.#containers.push({ record, definition, stopSignal: image.stopSignal, process, ended });
  }

  #checkLog(task: TaskDefinition, container: ContainerDefinition): void {
    const target = logTarget(container, this.#task.taskArn);
    if (target === undefined || task.executionRoleArn === undefined) return;
    checkLog(this.#host.context, target, task.executionRoleArn);
  }

  #logTo(definition: ContainerDefinition): (lines: readonly string[]) => void {
    const { context } = this.#host;
    const target = logTarget(definition, this.#task.taskArn);
    if (target === undefined) return () => undefined;
    return (lines) => {
      const timestamp = context.clock.now();
      // An event has at least one character: the awslogs driver passes over empty lines.
      const said = lines.filter((line) => line !== "");
      if (said.length === 0) return;
      context.logs.append(
        target.group,
        target.stream,
        said.map((message) => ({ timestamp, message })),
      );
    };
  }

  #watchMemory(): void {
    const containers = this.#containers.flatMap(({ record, process }) => {
      if (process.pid === undefined) return [];
      const limit = record.memory === undefined ? {} : { limitBytes: record.memory * mib };
      return [{ groupId: process.pid, ...limit, kill: () => process.kill(OUT_OF_MEMORY) }];
    });
    this.#release.push(this.#host.guard.watch({ limitBytes: Number(this.#task.memory) * mib, containers }));
  }

  #end(): void {
    for (const release of this.#release.splice(0)) release();
    rmSync(scratchFolder(this.#host.context, this.#task.taskArn), { recursive: true, force: true });
  }
}
