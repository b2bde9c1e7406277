import type { z } from "zod";
import type { Pipeline, Pipelines } from "./pipeline.ts";
import { PipelineEntry, type ParsedEntry } from "./pipeline-entry.ts";
import { mostMemoryOn } from "./fargate-sizes.ts";
import { collisionsIn, contradictionsOf } from "./pipeline-rules.ts";
import { surroundingProblems, volumeProblems } from "./surroundings-rules.ts";
import type { WorkerPolicy } from "./worker-policy.ts";
import { Worker } from "./worker-entry.ts";
import { workerProblems } from "./worker-rules.ts";

/** CloudFormation, ECS families and log groups are named after pipelines. */
const PIPELINE_NAME = /^[a-z][a-z0-9-]{0,30}$/;

/** A late file waits behind no longer pack, and a run that dies loses no more than this. */
const DEFAULT_PACK_SECONDS = 600;

/** pipelines.ts cannot be right. The message has one line for each mistake, with the entry and the way out. */
export class PipelinesError extends Error {
  override readonly name = "PipelinesError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

/**
 * Reads the entries of pipelines.ts: fills in the defaults and refuses what cannot be right.
 *
 * @throws PipelinesError that tells all mistakes at once.
 */
export function definePipelines(entries: Readonly<Record<string, PipelineEntry>>): Pipelines {
  const read = Object.entries(entries).map(([name, entry]) => readEntry(name, entry));
  const pipelines = Object.fromEntries(
    read.flatMap(({ pipeline }) => (pipeline === undefined ? [] : [[pipeline.name, pipeline]])),
  );
  const problems = [
    ...read.flatMap((result) => result.problems),
    ...collisionsIn(pipelines),
    ...volumeProblems(pipelines),
  ];
  if (problems.length > 0) throw new PipelinesError(problems);
  return pipelines;
}

interface ReadEntry {
  readonly pipeline?: Pipeline;
  readonly problems: readonly string[];
}

function readEntry(name: string, entry: unknown): ReadEntry {
  const told = (problem: string): string => `Pipeline "${name}": ${problem}.`;
  const names = PIPELINE_NAME.test(name)
    ? []
    : [
        told(
          "the name must begin with a lower-case letter and have at most 31 lower-case letters, digits and hyphens; rename the entry",
        ),
      ];
  const parsed = PipelineEntry.safeParse(entry);
  if (!parsed.success) return { problems: [...names, ...parsed.error.issues.map(inWords).map(told)] };
  const pipeline = pipelineOf(name, parsed.data);
  const contradictions = [
    ...contradictionsOf(pipeline),
    ...surroundingProblems(pipeline),
    ...workerProblems(pipeline),
    ...overlapProblem(parsed.data),
    ...overwriteProblem(parsed.data),
  ];
  return { pipeline, problems: [...names, ...contradictions.map(told)] };
}

function pipelineOf(name: string, entry: ParsedEntry): Pipeline {
  const { size, pack, timeout } = entry;
  const { worker: _, ...rest } = entry;
  return {
    ...rest,
    ...workerOf(entry),
    name,
    // An instance has the memory that it has; Fargate has more to climb to.
    maxSize: entry.maxSize ?? (entry.capacity.type === "ec2" ? size : (mostMemoryOn(size.cpu) ?? size)),
    pack: { ...pack, maxSeconds: pack.maxSeconds ?? Math.min(DEFAULT_PACK_SECONDS, timeout.runSeconds / 2) },
    overlap: entry.overlap ?? "skip",
    onOverwrite: entry.onOverwrite ?? "process-all",
  };
}

/** A queue has its worker also where the entry does not say how many there shall be. */
function workerOf({ source, worker, size, loadBalancer }: ParsedEntry): { worker?: WorkerPolicy } {
  const written = worker ?? (source.type === "queue" ? Worker.parse({}) : undefined);
  if (written === undefined) return {};
  return {
    worker: {
      ...written,
      // Requests wake nobody: without a task the load balancer has nobody to ask.
      min: written.min ?? (loadBalancer === undefined ? 0 : 1),
      jobsAtOnce: written.jobsAtOnce ?? Math.max(1, Math.floor(size.cpu / 1024)),
    },
  };
}

function overlapProblem({ source, overlap }: ParsedEntry): string[] {
  if (source.type === "schedule" || overlap === undefined) return [];
  return ["overlap says what a tick of a schedule does, and nothing else has ticks; leave it out"];
}

function overwriteProblem({ source, onOverwrite }: ParsedEntry): string[] {
  if (source.type === "upload" || onOverwrite === undefined) return [];
  return [
    "onOverwrite says what becomes of older versions of an upload, and nothing else has versions; leave it out",
  ];
}

function inWords(issue: z.core.$ZodIssue): string {
  const text = issue.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return issue.path.length === 0 ? `the entry ${text}` : `${issue.path.join(".")} ${text}`;
}
