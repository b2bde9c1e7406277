import { fargateSizes, isFargateSize, type FargateSize, vcpuOf } from "./fargate-sizes.ts";
import { OWN_OUTPUT_PREFIXES } from "../recursion/hops.ts";
import type { Pipeline, Pipelines } from "./pipeline.ts";

/** What one entry says that cannot be true, each in words that follow the entry's name. */
export function contradictionsOf(pipeline: Pipeline): string[] {
  return [
    sizeProblem("size", pipeline.size),
    sizeProblem("maxSize", pipeline.maxSize),
    ceilingProblem(pipeline),
    resultsProblem(pipeline),
    packProblem(pipeline),
    packTimeProblem(pipeline),
    retryProblem(pipeline),
    ...timeoutProblems(pipeline),
  ].filter((problem) => problem !== undefined);
}

function sizeProblem(option: "size" | "maxSize", size: FargateSize): string | undefined {
  if (isFargateSize(size)) return undefined;
  return `${option} ${inWords(size)} does not exist on Fargate; the nearest are ${nearestSizes(size).map(inWords).join("; ")}`;
}

function ceilingProblem({ size, maxSize }: Pipeline): string | undefined {
  if (maxSize.cpu >= size.cpu && maxSize.memoryMiB >= size.memoryMiB) return undefined;
  return `maxSize ${inWords(maxSize)} is below size ${inWords(size)}, and jobs that run out of memory only climb; raise maxSize or leave it out`;
}

function inWords({ cpu, memoryMiB }: FargateSize): string {
  return `{ cpu: ${cpu}, memoryMiB: ${memoryMiB} }`;
}

function nearestSizes(wanted: FargateSize): FargateSize[] {
  const distance = (size: FargateSize): number =>
    steps(size.cpu, wanted.cpu) + steps(size.memoryMiB, wanted.memoryMiB);
  return fargateSizes()
    .toSorted((one, other) => distance(one) - distance(other))
    .slice(0, 3);
}

/** How many doublings lie between two amounts. */
function steps(one: number, other: number): number {
  return Math.abs(Math.log2(one) - Math.log2(Math.max(other, 1)));
}

function resultsProblem({ source }: Pipeline): string | undefined {
  if (source.type !== "upload") return undefined;
  const results = OWN_OUTPUT_PREFIXES.find((prefix) => shareBeginning(prefix, source.prefix));
  if (results === undefined) return undefined;
  return `prefix "${source.prefix}" is where results are written (${results}), and results must never become uploads; choose another prefix`;
}

function packProblem({ pack }: Pipeline): string | undefined {
  if (pack.maxJobs > 1 || pack.windowSeconds === 0) return undefined;
  return `pack.windowSeconds ${pack.windowSeconds} waits for company that pack.maxJobs 1 never takes; raise maxJobs or set windowSeconds to 0`;
}

function packTimeProblem({ pack, timeout }: Pipeline): string | undefined {
  if (pack.maxSeconds <= timeout.runSeconds) return undefined;
  return `pack.maxSeconds ${pack.maxSeconds} is more than timeout.runSeconds ${timeout.runSeconds}, so full packs would be stopped; raise runSeconds or lower maxSeconds`;
}

function retryProblem({ retry }: Pipeline): string | undefined {
  if (retry.backoffSeconds <= retry.maxBackoffSeconds) return undefined;
  return `retry.backoffSeconds ${retry.backoffSeconds} is more than retry.maxBackoffSeconds ${retry.maxBackoffSeconds}; raise the second or lower the first`;
}

function timeoutProblems({ timeout }: Pipeline): (string | undefined)[] {
  return [
    timeout.jobSeconds > timeout.runSeconds
      ? `timeout.jobSeconds ${timeout.jobSeconds} is more than timeout.runSeconds ${timeout.runSeconds}, so no job could use it; raise runSeconds or lower jobSeconds`
      : undefined,
    timeout.startSeconds >= timeout.runSeconds
      ? `timeout.startSeconds ${timeout.startSeconds} is not less than timeout.runSeconds ${timeout.runSeconds}, which counts from the launch; raise runSeconds or lower startSeconds`
      : undefined,
  ];
}

/** Entries whose tasks the stage's cap would never let begin. @param maxVcpu most vCPU of all tasks of the stage at once */
export function tooLargeFor(pipelines: Pipelines, maxVcpu: number): string[] {
  return Object.values(pipelines).flatMap(({ name, size, maxSize }) => {
    const option = vcpuOf(size) > maxVcpu ? "size" : vcpuOf(maxSize) > maxVcpu ? "maxSize" : undefined;
    if (option === undefined) return [];
    const vcpu = vcpuOf(option === "size" ? size : maxSize);
    return [
      `Pipeline "${name}": ${option} has ${vcpu} vCPU, and the stage lets all tasks together have ${maxVcpu} (maxVcpu in infrastructure/stages), so such a task could never be launched; lower ${option}, or raise maxVcpu together with the account's Fargate quota.`,
    ];
  });
}

/** What entries say against each other: a key belongs to at most one upload pipeline. */
export function collisionsIn(pipelines: Pipelines): string[] {
  const uploads = Object.values(pipelines).flatMap(({ name, source }) =>
    source.type === "upload" ? [{ name, prefix: source.prefix }] : [],
  );
  return uploads.flatMap((later, index) =>
    uploads
      .slice(0, index)
      .filter((earlier) => shareBeginning(earlier.prefix, later.prefix))
      .map(
        (earlier) =>
          `Pipeline "${later.name}": prefix "${later.prefix}" overlaps with "${earlier.prefix}" of pipeline "${earlier.name}", and a key may belong to one only; give one of them a prefix of its own.`,
      ),
  );
}

function shareBeginning(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one);
}
