import { z } from "zod";

const Unsupported = z.array(
  z.object({ stackName: z.string(), logicalId: z.string(), type: z.string(), property: z.string() }),
);

/** What the local cloud does nothing about, a sentence for each resource of the stack that has such properties. */
export async function withoutEffect(endpoint: string, stackName: string): Promise<string[]> {
  const response = await fetch(`${endpoint}/_cloud/stacks/unsupported`, { method: "POST" });
  const own = Unsupported.parse(await response.json()).filter((one) => one.stackName === stackName);
  return [...Map.groupBy(own, ({ logicalId }) => logicalId)].map(
    ([logicalId, all]) =>
      `${logicalId} (${all[0]?.type ?? ""}): without effect in the local cloud: ${all.map(({ property }) => property).join(", ")}`,
  );
}
