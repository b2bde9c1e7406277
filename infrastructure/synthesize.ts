import { pipelines } from "#pipelines";
import { alarms, type Watched } from "./alarms.ts";
import { administrators } from "./administrators.ts";
import { dashboard } from "./dashboard.ts";
import { capacityProvidersByPipeline, capacityResources } from "./instances.ts";
import { refuseTooMany } from "./dispatch-environment.ts";
import { launchNetworks, networkResources } from "./network/networks.ts";
import { onArchitecture } from "./images/machine-architecture.ts";
import { taskBuilds, type ImageOptions, type TaskBuild } from "./images/task-builds.ts";
import {
  passedRoles,
  pipelineOutputs,
  pipelineResources,
  taskDefinitionFamilies,
  taskDefinitionsByPipeline,
  taskLogGroups,
} from "./pipelines.ts";
import { queues } from "./queues.ts";
import { scheduleRules } from "./schedules.ts";
import { settingsOf, stageOf, textOf, type Settings, type Variables } from "./settings.ts";
import { sharedFiles } from "./shared-files.ts";
import type { Intrinsic, Outputs, Resources } from "./template.ts";
import { workQueue } from "./work-queue.ts";

/** The parts of the template that follow from pipelines.ts and the stage; synthesize.cjs hands them to the framework. */

interface Part {
  readonly Resources: Resources;
  readonly Outputs?: Outputs;
}

export async function settingsPart(variables: Variables): Promise<Settings> {
  return settingsOf(variables);
}

export async function queuesPart(variables: Variables): Promise<Part> {
  return { Resources: queues(await settingsOf(variables), scheduleRules(pipelines)) };
}

export async function alarmsPart(variables: Variables): Promise<Part> {
  return { Resources: alarms(await watched(variables)) };
}

export async function dashboardPart(variables: Variables): Promise<Part> {
  return { Resources: dashboard(await watched(variables)) };
}

async function watched(variables: Variables): Promise<Watched> {
  const { Resources: ours } = await queuesPart(variables);
  const resources: Resources = Object.assign({}, ours, ...Object.values(pipelines).map(workQueue));
  return {
    stage: await stageOf(variables),
    settings: await settingsOf(variables),
    pipelines,
    queues: Object.keys(resources).filter((id) => resources[id]?.Type === "AWS::SQS::Queue"),
  };
}

export async function administratorsPart(variables: Variables): Promise<Part> {
  return { Resources: administrators(await textOf(variables, "self:custom.adminEmail")) };
}

export async function pipelinesPart(variables: Variables): Promise<Part> {
  const settings = await settingsOf(variables);
  return {
    Outputs: pipelineOutputs(pipelines),
    Resources: pipelineResources(onArchitecture(pipelines, settings.architecture), {
      settings,
      ...(await imageOptions(variables)),
    }),
  };
}

export async function networkPart(variables: Variables): Promise<Part> {
  const settings = await settingsOf(variables);
  return { Resources: networkResources(pipelines, settings, await stageOf(variables)) };
}

export async function sharedFilesPart(variables: Variables): Promise<Part> {
  return { Resources: sharedFiles(pipelines, await settingsOf(variables)) };
}

export async function capacityPart(variables: Variables): Promise<Part> {
  const options = { settings: await settingsOf(variables), stage: await stageOf(variables) };
  return { Resources: capacityResources(pipelines, options) };
}

export async function networksPart(variables: Variables): Promise<Intrinsic> {
  return launchNetworks(pipelines, await settingsOf(variables));
}

export function capacityProvidersPart(): Intrinsic | string {
  return capacityProvidersByPipeline(pipelines);
}

/** The images that the stage's task definitions name; the plugin builds and pushes them. */
export async function taskBuildsPart(variables: Variables): Promise<TaskBuild[]> {
  const { imagesFrom, architecture } = await settingsOf(variables);
  if (imagesFrom !== "registry") return [];
  return taskBuilds(onArchitecture(pipelines, architecture), await imageOptions(variables));
}

async function imageOptions(variables: Variables): Promise<ImageOptions> {
  const { imagesFrom } = await settingsOf(variables);
  return { stage: await stageOf(variables), imagesFrom };
}

export async function taskDefinitionsPart(variables: Variables): Promise<Intrinsic> {
  refuseTooMany(pipelines, await stageOf(variables));
  return taskDefinitionsByPipeline(pipelines);
}

export async function taskDefinitionFamiliesPart(variables: Variables): Promise<Intrinsic[]> {
  return taskDefinitionFamilies(pipelines, await stageOf(variables));
}

export function passedRolesPart(): Intrinsic[] {
  return passedRoles(pipelines);
}

export function taskLogGroupsPart(): Intrinsic[] {
  return taskLogGroups(pipelines);
}
