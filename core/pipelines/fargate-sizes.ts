/**
 * The task sizes that Fargate has: CPU units (1,024 = one vCPU) to the memory sizes in MiB that go with them.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
 */
export interface FargateSize {
  /** CPU units. */
  readonly cpu: number;
  readonly memoryMiB: number;
}

const GIB = 1024;

const MEMORY_BY_CPU: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, GIB, 2 * GIB]],
  [512, steps(1, 4, 1)],
  [1024, steps(2, 8, 1)],
  [2048, steps(4, 16, 1)],
  [4096, steps(8, 30, 1)],
  [8192, steps(16, 60, 4)],
  [16384, steps(32, 120, 8)],
  [32768, [60 * GIB, 120 * GIB, 244 * GIB]],
]);

function steps(fromGiB: number, toGiB: number, stepGiB: number): number[] {
  const count = Math.floor((toGiB - fromGiB) / stepGiB) + 1;
  return Array.from({ length: count }, (_, index) => (fromGiB + index * stepGiB) * GIB);
}

const CPU_UNITS_PER_VCPU = 1024;

/** vCPUs of one task of this size. */
export function vcpuOf({ cpu }: Pick<FargateSize, "cpu">): number {
  return cpu / CPU_UNITS_PER_VCPU;
}

export function isFargateSize(size: FargateSize): boolean {
  return MEMORY_BY_CPU.get(size.cpu)?.includes(size.memoryMiB) ?? false;
}

/** All sizes, small to large; for messages and for the ladder that out-of-memory climbs. */
export function fargateSizes(): FargateSize[] {
  return [...MEMORY_BY_CPU].flatMap(([cpu, memories]) => memories.map((memoryMiB) => ({ cpu, memoryMiB })));
}

/** The valid memory sizes of a CPU size, empty where Fargate has no such CPU size. */
export function memorySizesOf(cpu: number): readonly number[] {
  return MEMORY_BY_CPU.get(cpu) ?? [];
}

export function cpuSizes(): readonly number[] {
  return [...MEMORY_BY_CPU.keys()];
}

/** The most memory that Fargate has on this CPU; undefined where it has no such CPU size. */
export function mostMemoryOn(cpu: number): FargateSize | undefined {
  const memoryMiB = memorySizesOf(cpu).at(-1);
  return memoryMiB === undefined ? undefined : { cpu, memoryMiB };
}
