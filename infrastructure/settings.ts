import { availableParallelism } from "node:os";
import { vcpuOf } from "#core/pipelines/fargate-sizes.ts";
import { tooLargeFor } from "#core/pipelines/pipeline-rules.ts";
import type { Pipelines } from "#core/pipelines/pipeline.ts";
import { pipelines } from "#pipelines";
import { z } from "zod";

/** What an alarm tolerates, or false for no such alarm. */
const limitOrOff = z.union([z.number().positive(), z.literal(false)]);

/** What infrastructure/stages/*.yml may say; a stage's file needs only what differs from default.yml. */
export const Settings = z.strictObject({
  logLevel: z.enum(["DEBUG", "INFO", "WARN", "ERROR"]),
  logRetentionDays: z.number().int(),
  containerInsights: z.enum(["enabled", "enhanced", "disabled"]),
  dataDeletionPolicy: z.enum(["Delete", "Retain", "RetainExceptOnCreate"]),
  dataReplacePolicy: z.enum(["Delete", "Retain"]),
  unfinishedUploadDays: z.number().int(),
  oldVersionDays: z.number().int(),
  taskDefinitionPolicy: z.enum(["Delete", "Retain"]),
  visibilitySeconds: z.number().int().min(30),
  batchSize: z.number().int(),
  batchWindowSeconds: z.number().int(),
  batchesAtOnce: z.number().int().min(2),
  dispatchDelaySeconds: z.number().int(),
  wakeDeduplication: z.enum(["window", "unique"]),
  maxTasks: z.number().int().positive(),
  launchesPerSecond: z.number().min(1).max(20),
  maxVcpu: z.union([z.number().positive(), z.literal("machine").transform(vcpuForThisMachine)]),
  functionMemoryMiB: z.number().int(),
  imagesFrom: z.enum(["registry", "none", "folder"]),
  architecture: z.enum(["pipeline", "machine"]),
  dashboard: z.boolean(),
  alarmOldestMessageMinutes: limitOrOff,
  alarmDeadLetters: limitOrOff,
  alarmLaunchFailures: limitOrOff,
  alarmFailurePercent: limitOrOff,
  alarmVcpuPercent: limitOrOff,
  alarmSilenceMinutes: limitOrOff,
  /** The network of pipelines that say network: "existing". At most one subnet a zone where tasks share files. */
  existingNetwork: z
    .strictObject({
      vpcId: z.string().startsWith("vpc-"),
      subnetIds: z.array(z.string().startsWith("subnet-")).min(1).max(16),
      /** Whether tasks get addresses on the internet: yes where the subnets' way out is no NAT gateway. */
      publicAddress: z.boolean(),
    })
    .optional(),
});
export type Settings = z.infer<typeof Settings>;

/** One task a processor, and one more that loads or stores while the others compute; and room for the largest task that there is. */
function vcpuForThisMachine(): number {
  const largest = Object.values(pipelines).flatMap(({ size, maxSize }) => [vcpuOf(size), vcpuOf(maxSize)]);
  return Math.max(availableParallelism() + 1, ...largest);
}

const SettingsFile = z.record(z.string(), z.unknown());

/** A stage's file, its name or the command's --param cannot be right; the message has a line for each mistake. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/** @throws SettingsError that names each setting that is wrong. */
function readSettings(defaults: object, ofStage: object): Settings {
  const read = Settings.safeParse({ ...defaults, ...ofStage });
  if (read.success) return read.data;
  const problems = read.error.issues.map(
    ({ path, message }) => `infrastructure/stages: ${[...path, message].join(": ")}.`,
  );
  throw new SettingsError(problems.join("\n"));
}

/** What the framework hands to a function that stands for a value. */
export interface Variables {
  resolveVariable(variable: string): Promise<unknown>;
}

export async function settingsOf(variables: Variables): Promise<Settings> {
  const stage = await stageOf(variables);
  const defaults = await variables.resolveVariable("file(./infrastructure/stages/default.yml)");
  const ofStage = await variables.resolveVariable(`file(./infrastructure/stages/${stage}.yml), null`);
  const images = await textOf(variables, "param:images, ''");
  const settings = readSettings(SettingsFile.parse(defaults), {
    ...SettingsFile.parse(ofStage ?? {}),
    ...(images === "" ? {} : { imagesFrom: images }),
  });
  refuseWhatCannotRun(pipelines, settings);
  return settings;
}

/** @throws SettingsError with a sentence for each pipeline whose tasks are larger than the stage allows */
export function refuseWhatCannotRun(of: Pipelines, { maxVcpu }: Pick<Settings, "maxVcpu">): void {
  const problems = tooLargeFor(of, maxVcpu);
  if (problems.length > 0) throw new SettingsError(problems.join("\n"));
}

/** Repositories take no capitals, and a schedule's name of 64 characters holds the pipeline's too. */
const STAGE_NAME = /^[a-z][a-z0-9-]{0,23}$/;

/** @throws SettingsError where resources could not be named after it */
export async function stageOf(variables: Variables): Promise<string> {
  const stage = await textOf(variables, "sls:stage");
  if (STAGE_NAME.test(stage)) return stage;
  throw new SettingsError(
    `Stage "${stage}": the name must begin with a lower-case letter and have at most 24 lower-case letters, digits and hyphens; choose another.`,
  );
}

export async function textOf(variables: Variables, variable: string): Promise<string> {
  return z.string().parse(await variables.resolveVariable(variable));
}
