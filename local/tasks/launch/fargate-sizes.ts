/**
 * The sizes that Fargate has: CPU units to MiB.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
 */
const sizes: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, 1024, 2048]],
  [512, gibibytes(1, 4, 1)],
  [1024, gibibytes(2, 8, 1)],
  [2048, gibibytes(4, 16, 1)],
  [4096, gibibytes(8, 30, 1)],
  [8192, gibibytes(16, 60, 4)],
  [16_384, gibibytes(32, 120, 8)],
  [32_768, [60, 120, 244].map((gib) => gib * 1024)],
]);

function gibibytes(from: number, to: number, step: number): number[] {
  const list: number[] = [];
  for (let gib = from; gib <= to; gib += step) list.push(gib * 1024);
  return list;
}

export const isFargateSize = (cpu: number, mib: number): boolean => sizes.get(cpu)?.includes(mib) ?? false;

/** "256", "1 vCPU", ".25 vcpu" in CPU units; undefined where it is no size. */
export function cpuUnits(text: string): number | undefined {
  const vcpu = /^\s*([\d.]+)\s*vcpu\s*$/i.exec(text)?.[1];
  const units = vcpu === undefined ? Number(text) : Number(vcpu) * 1024;
  return Number.isFinite(units) && units > 0 ? units : undefined;
}

/** "512", "2 GB", "0.5GB" in MiB; undefined where it is no size. */
export function memoryMib(text: string): number | undefined {
  const gib = /^\s*([\d.]+)\s*gb\s*$/i.exec(text)?.[1];
  const mib = gib === undefined ? Number(text) : Number(gib) * 1024;
  return Number.isFinite(mib) && mib > 0 ? mib : undefined;
}
