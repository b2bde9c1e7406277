import { expect, it } from "@jest/globals";
import { cpuSizes, fargateSizes, isFargateSize, memorySizesOf } from "#core/pipelines/fargate-sizes.ts";

/* https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html */

it.each<[cpu: number, least: number, most: number, count: number]>([
  [256, 512, 2048, 3],
  [512, 1024, 4096, 4],
  [1024, 2048, 8192, 7],
  [2048, 4096, 16_384, 13],
  [4096, 8192, 30_720, 23],
  [8192, 16_384, 61_440, 12],
  [16_384, 32_768, 122_880, 12],
  [32_768, 61_440, 249_856, 3],
])("%i CPU units go with %i to %i MiB in %i sizes", (cpu, least, most, count) => {
  const sizes = memorySizesOf(cpu);

  expect([sizes[0], sizes.at(-1), sizes.length]).toEqual([least, most, count]);
});

it.each([
  [{ cpu: 1024, memoryMiB: 2048 }, true],
  [{ cpu: 1024, memoryMiB: 1024 }, false],
  [{ cpu: 1024, memoryMiB: 2500 }, false],
  [{ cpu: 8192, memoryMiB: 17_408 }, false],
  [{ cpu: 300, memoryMiB: 512 }, false],
  [{ cpu: 0, memoryMiB: 0 }, false],
])("%j exists on Fargate: %s", (size, exists) => {
  expect(isFargateSize(size)).toBe(exists);
});

it("lists every size, small to large", () => {
  expect(fargateSizes()).toHaveLength(77);
  expect(fargateSizes().every(isFargateSize)).toBe(true);
  expect(cpuSizes()).toEqual([256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768]);
});
