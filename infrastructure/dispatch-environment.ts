import { PipelinesError } from "#core/pipelines/define-pipelines.ts";
import type { Pipeline, Pipelines } from "#core/pipelines/pipeline.ts";
import { familyName } from "./pipeline-names.ts";

/**
 * What of the 4 KB of a Lambda function's environment is left for task definitions, when dispatch has been told everything else.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const ROOM_CHARACTERS = 2_500;

/** A Region's longest name, an account, and a revision of four digits. */
const LONGEST_ARN = "arn:aws:ecs:ap-southeast-1:123456789012:task-definition/:1234".length;

/** @throws PipelinesError where Lambda would refuse what dispatch has to know of so many pipelines */
export function refuseTooMany(pipelines: Pipelines, stage: string): void {
  const all = Object.values(pipelines);
  const characters = all.reduce((sum, pipeline) => sum + entryLength(pipeline, stage), 0);
  if (characters <= ROOM_CHARACTERS) return;
  throw new PipelinesError([
    `pipelines.ts has ${all.length} pipelines, and the names of their task definitions take ${characters} characters; the environment of function dispatch has room for ${ROOM_CHARACTERS}. Shorten names, merge pipelines, or give some of them a service of their own.`,
  ]);
}

/** With quotes, colon and comma. */
function entryLength(pipeline: Pipeline, stage: string): number {
  return pipeline.name.length + LONGEST_ARN + familyName(pipeline, stage).length + 6;
}
