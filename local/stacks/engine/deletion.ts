import type { Journal } from "./journal.ts";
import type { ResourceWork } from "./resource-work.ts";
import { reversed, runGraph } from "./run-graph.ts";
import type { ResourceRecord, StackRecord } from "./stack-record.ts";

export interface DeletionResult {
  /** Logical ids of those that could not be deleted. */
  readonly failed: readonly string[];
  /** Whether all were tried. */
  readonly complete: boolean;
}

/**
 * Deletes physical resources, dependents first; those that are retained are skipped.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
 */
export async function deleteResources(
  tools: { work: ResourceWork; journal: Journal; mayStart: () => boolean },
  stack: StackRecord,
  records: readonly ResourceRecord[],
  options: { retain: (resource: ResourceRecord) => boolean },
): Promise<DeletionResult> {
  const failed = new Set<string>();
  const { complete } = await runGraph(
    reversed(records),
    async (logicalId) => {
      for (const resource of records.filter((record) => record.logicalId === logicalId)) {
        if (resource.physicalId !== undefined && options.retain(resource)) {
          tools.journal.resource(stack, resource, "DELETE_SKIPPED");
          continue;
        }
        // One that cannot go does not keep those that do not need it: CloudFormation deletes what it can.
        await tools.work.delete(stack, resource).catch(() => void failed.add(logicalId));
      }
    },
    tools.mayStart,
  );
  return { failed: [...failed], complete };
}

export function isRetained(resource: ResourceRecord): boolean {
  return resource.deletionPolicy !== "Delete";
}
