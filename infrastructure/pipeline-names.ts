import type { Pipeline } from "#core/pipelines/pipeline.ts";

/* What the resources of a pipeline are called. */

/** "daily-report" is DailyReport; two names never make one. */
export function logicalName(pipelineName: string): string {
  const camel = pipelineName
    .replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
    .replaceAll("-", "Dash");
  return camel.charAt(0).toUpperCase() + camel.slice(1);
}

export function familyName({ name }: Pick<Pipeline, "name">, stage: string): string {
  return `slipway-${stage}-${name}`;
}

/** The name of the pipeline whose task definition this is the ARN of. */
export function pipelineOfTaskDefinition(arn: string, stage: string): string {
  const family = arn.slice(arn.lastIndexOf("/") + 1).split(":")[0] ?? "";
  return family.slice(familyName({ name: "" }, stage).length);
}

export function logGroupName({ name }: Pipeline, stage: string): string {
  return `/slipway/${stage}/${name}`;
}

export function scheduleRuleId({ name }: Pipeline): string {
  return `${logicalName(name)}ScheduleRule`;
}

/** Fills in {stage} where an entry may leave the stage open. */
export function forStage(text: string, stage: string): string {
  return text.replaceAll("{stage}", stage);
}
