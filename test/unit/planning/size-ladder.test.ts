import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { fargateSizes, type FargateSize, isFargateSize } from "#core/pipelines/fargate-sizes.ts";
import { isWithin, nextSize } from "#core/planning/size-ladder.ts";

const LARGEST = { cpu: 32_768, memoryMiB: 249_856 };

function rungsFrom(size: FargateSize, ceiling: FargateSize): string[] {
  const rungs: string[] = [];
  for (let at = nextSize(size, ceiling); at !== undefined; at = nextSize(at, ceiling))
    rungs.push(`${at.cpu}/${at.memoryMiB}`);
  return rungs;
}

const anySize = fc.constantFrom(...fargateSizes());

describe("nextSize", () => {
  it("doubles the memory, first on the same CPU and then on the next", () => {
    expect(rungsFrom({ cpu: 1024, memoryMiB: 2048 }, LARGEST)).toEqual([
      "1024/4096",
      "1024/8192",
      "2048/16384",
      "4096/30720",
      "8192/61440",
      "16384/122880",
      "32768/249856",
    ]);
  });

  it.each<[from: FargateSize, ceiling: FargateSize, rungs: string[]]>([
    [{ cpu: 256, memoryMiB: 512 }, { cpu: 256, memoryMiB: 2048 }, ["256/1024", "256/2048"]],
    [{ cpu: 1024, memoryMiB: 3072 }, { cpu: 1024, memoryMiB: 8192 }, ["1024/6144", "1024/8192"]],
    [{ cpu: 1024, memoryMiB: 8192 }, { cpu: 1024, memoryMiB: 8192 }, []],
    [{ cpu: 1024, memoryMiB: 8192 }, { cpu: 2048, memoryMiB: 10_240 }, ["2048/10240"]],
    [{ cpu: 2048, memoryMiB: 4096 }, { cpu: 2048, memoryMiB: 4096 }, []],
  ])("goes from %j to the ceiling %j by %j", (from, ceiling, rungs) => {
    expect(rungsFrom(from, ceiling)).toEqual(rungs);
  });

  it("takes only sizes that Fargate has, each with more memory, and ends at or below the ceiling", () => {
    fc.assert(
      fc.property(anySize, anySize, (size, ceiling) => {
        const next = nextSize(size, ceiling);
        if (next === undefined) return;
        expect(isFargateSize(next)).toBe(true);
        expect(next.memoryMiB).toBeGreaterThan(size.memoryMiB);
        expect(next.cpu).toBeGreaterThanOrEqual(size.cpu);
        expect(isWithin(next, ceiling)).toBe(true);
      }),
    );
  });

  it("stops only where no larger size is left below the ceiling", () => {
    fc.assert(
      fc.property(anySize, anySize, (size, ceiling) => {
        if (nextSize(size, ceiling) !== undefined) return;
        const larger = fargateSizes().filter(
          ({ cpu, memoryMiB }) =>
            cpu >= size.cpu && memoryMiB > size.memoryMiB && isWithin({ cpu, memoryMiB }, ceiling),
        );
        expect(larger).toEqual([]);
      }),
    );
  });
});
