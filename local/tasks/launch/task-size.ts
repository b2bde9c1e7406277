import type { TaskDefinition } from "../model/definition.ts";
import { clientError } from "../model/shapes.ts";
import { cpuUnits, isFargateSize, memoryMib } from "./fargate-sizes.ts";

/** In ECS' units, as strings: 1024 = one vCPU; MiB. */
export interface TaskSize {
  readonly cpu: string;
  readonly memory: string;
}

/** @throws AwsError ClientException in the words of RegisterTaskDefinition and RunTask */
export function fargateSize(cpu: string | undefined, memory: string | undefined): TaskSize {
  if (cpu === undefined) throw clientError("Fargate requires that 'cpu' be defined at the task level.");
  if (memory === undefined) throw clientError("Fargate requires that 'memory' be defined at the task level.");
  const units = cpuUnits(cpu);
  const mib = memoryMib(memory);
  if (units === undefined) throw clientError("Invalid 'cpu' setting for task.");
  if (mib === undefined) throw clientError("Invalid 'memory' setting for task.");
  if (!isFargateSize(units, mib)) {
    throw clientError(
      `No Fargate configuration exists for given values: ${units} CPU, ${mib} memory. See the Amazon ECS documentation for the valid values.`,
    );
  }
  return { cpu: String(units), memory: String(mib) };
}

/** 20 GiB are given; 21 to 200 may be asked for. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EphemeralStorage.html */
export function ephemeralStorageGib(asked: { sizeInGiB: number } | undefined): number {
  if (asked === undefined) return 20;
  if (asked.sizeInGiB < 21 || asked.sizeInGiB > 200) {
    throw clientError("Invalid setting for 'ephemeralStorage'. sizeInGiB must be between 21 and 200.");
  }
  return asked.sizeInGiB;
}

/** Containers must fit into their task. */
export function checkContainerSizes(
  definition: Pick<TaskDefinition, "containerDefinitions">,
  size: TaskSize,
): void {
  const sum = (
    of: (container: TaskDefinition["containerDefinitions"][number]) => number | undefined,
  ): number => definition.containerDefinitions.reduce((total, container) => total + (of(container) ?? 0), 0);
  if (definition.containerDefinitions.some(({ memory }) => (memory ?? 0) > Number(size.memory))) {
    throw clientError(
      "Invalid setting for container. The 'memory' of a container must not be above the task's.",
    );
  }
  if (sum(({ memoryReservation }) => memoryReservation) > Number(size.memory)) {
    throw clientError("The sum of 'memoryReservation' of the containers is above the 'memory' of the task.");
  }
  if (sum(({ cpu }) => cpu) > Number(size.cpu)) {
    throw clientError("The sum of 'cpu' of the containers is above the 'cpu' of the task.");
  }
}
