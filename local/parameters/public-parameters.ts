import { createHash } from "node:crypto";
import type { Parameter } from "./parameter-store.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html */
const ECS_IMAGE =
  /^\/aws\/service\/ecs\/optimized-ami\/(amazon-linux-2023|amazon-linux-2)(?:\/(arm64|gpu|inf|neuron))?\/recommended(?:\/(image_id|image_name|os|schema_version|ecs_agent_version|ecs_runtime_version))?$/;

/**
 * Parameters that AWS keeps for everybody: the machine images for ECS. There are no machines on a laptop, so the ids are
 * well-formed, always the same, and nobody's. Undefined for any other name.
 */
export function publicParameter(name: string): Parameter | undefined {
  const [matched, system, kind = "x86_64", member] = ECS_IMAGE.exec(name) ?? [];
  if (matched === undefined) return undefined;
  const image = {
    schema_version: 1,
    image_id: `ami-0${createHash("sha256").update(`${system}/${kind}`).digest("hex").slice(0, 16)}`,
    image_name: `local-${system}-ecs-${kind}`,
    os: system === "amazon-linux-2" ? "Amazon Linux 2" : "Amazon Linux 2023",
    ecs_agent_version: "0.0.0",
    ecs_runtime_version: "local",
  };
  const value = member === undefined ? JSON.stringify(image) : String(image[member as keyof typeof image]);
  return {
    name,
    tier: "Standard",
    tags: {},
    versions: [{ version: 1, value, type: "String", modifiedAt: 0 }],
  };
}
