import { fargateSizes, type FargateSize } from "../pipelines/fargate-sizes.ts";

/** A rung that adds less than half of the memory would only be one more run that dies. */
const LEAST_STEP = 1.5;

/**
 * The next rung for work that ran out of memory: about twice the memory, on the same CPU as long as Fargate has any more there, then
 * on the next CPU that has it. The last rung is what the ceiling leaves.
 * @returns undefined at the top
 */
export function nextSize(size: FargateSize, ceiling: FargateSize): FargateSize | undefined {
  const larger = fargateSizes().filter(
    (other) => other.memoryMiB > size.memoryMiB && other.cpu >= size.cpu && isWithin(other, ceiling),
  );
  const steps = larger.filter(({ memoryMiB }) => memoryMiB >= LEAST_STEP * size.memoryMiB);
  const onSameCpu = larger.filter(({ cpu }) => cpu === size.cpu);
  const cpu = onSameCpu.length > 0 ? size.cpu : steps[0]?.cpu;
  const onNextCpu = larger.filter((other) => other.cpu === cpu);
  return (
    onNextCpu.findLast(({ memoryMiB }) => memoryMiB <= 2 * size.memoryMiB) ?? onNextCpu[0] ?? larger.at(-1)
  );
}

export function isWithin(size: FargateSize, ceiling: FargateSize): boolean {
  return size.cpu <= ceiling.cpu && size.memoryMiB <= ceiling.memoryMiB;
}

/** The size with more memory. */
export function largerSize(one: FargateSize, other: FargateSize): FargateSize {
  return other.memoryMiB > one.memoryMiB ? other : one;
}

export function sameSize(one: FargateSize, other: FargateSize): boolean {
  return one.cpu === other.cpu && one.memoryMiB === other.memoryMiB;
}
