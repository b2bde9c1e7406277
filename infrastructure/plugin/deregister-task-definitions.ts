import { DeregisterTaskDefinitionCommand, ECSClient, paginateListTaskDefinitions } from "@aws-sdk/client-ecs";
import { familyName } from "../pipeline-names.ts";
import type { Pipelines } from "#core/pipelines/pipeline.ts";

/** AWS lets one a second be changed for long. */
const ATTEMPTS = 10;

/**
 * Ends the revisions of a removed stage's tasks: a deploy retains those that it replaces, and no stack deletes them.
 * @returns how many
 */
export async function deregisterTaskDefinitions(
  pipelines: Pipelines,
  stage: string,
  region: string,
): Promise<number> {
  const client = new ECSClient({ region, maxAttempts: ATTEMPTS });
  const found: string[] = [];
  for (const pipeline of Object.values(pipelines)) {
    // Named a prefix, and the whole name of a family.
    const family = { familyPrefix: familyName(pipeline, stage), status: "ACTIVE" } as const;
    for await (const { taskDefinitionArns = [] } of paginateListTaskDefinitions({ client }, family))
      found.push(...taskDefinitionArns);
  }
  for (const taskDefinition of found)
    await client.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
  return found.length;
}
