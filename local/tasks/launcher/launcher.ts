import type { ContainerDefinition, TaskDefinition } from "../model/definition.ts";
import type { ContainerOverride } from "../model/shapes.ts";
import type { TaskRecord } from "../model/task.ts";
import type { EnvironmentLayers } from "./environment.ts";

/** What a container is to be, whoever runs it. */
export interface ContainerOrder {
  readonly task: TaskRecord;
  readonly taskDefinition: TaskDefinition;
  readonly definition: ContainerDefinition;
  readonly override: ContainerOverride | undefined;
  /** Unlike any other container's. */
  readonly runtimeId: string;
  readonly environment: Omit<EnvironmentLayers, "machine" | "image">;
  /** Lines of standard output and standard error. */
  onLines(lines: readonly string[]): void;
}

/** An image that is here. */
export interface PulledImage {
  /** SIGTERM, unless the image says otherwise. */
  readonly stopSignal: string;
  /** @throws Error in the words of Fargate where the container cannot start */
  start(order: ContainerOrder): Promise<ContainerProcess>;
}

export interface ContainerExit {
  /** The process' own, or 128 + the number of the signal that ended it. */
  readonly exitCode: number;
  readonly reason?: string;
}

export interface ContainerProcess {
  /** The leader's number, and that of the process group; absent where an engine holds the container and its memory. */
  readonly pid?: number;
  /** Settles when the container's process has ended, everything it left behind was ended too, and its output was read. */
  readonly exited: Promise<ContainerExit>;
  signal(name: string): void;
  kill(reason?: string): void;
}

/** Runs the containers of tasks: as child processes, or by a container engine. */
export interface ContainerLauncher {
  /** Before the first task; whatever an earlier life of the cloud left running is ended. */
  open(): Promise<void>;
  /** @throws ImagePullError */
  pull(image: string, task: TaskDefinition): Promise<PulledImage>;
}

/** Why a task cannot have its image, as `stoppedReason` and `containers[].reason` tell it. */
export class ImagePullError extends Error {
  override readonly name = "ImagePullError";

  constructor(why: string) {
    super(`CannotPullContainerError: pull image manifest has been retried 1 time(s): ${why}`);
  }
}

/** Why a container whose image is here does not come up. */
export function cannotStart(why: string): Error {
  return new Error(
    "CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: " +
      `OCI runtime create failed: unable to start container process: ${why}`,
  );
}

export const OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage";
