import { referencesIn } from "./references.ts";
import { validationError } from "./template-error.ts";
import type { TemplateResource } from "./template.ts";

/** Which resources each one waits for, by logical id. */
export type Dependencies = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Reads the dependencies of resources out of Ref, Fn::GetAtt, Fn::Sub and DependsOn; only the branches that are taken count.
 * @throws AwsError ValidationError "Circular dependency between resources: [...]"
 */
export function dependenciesOf(
  resources: Readonly<Record<string, TemplateResource>>,
  takes: (condition: string) => boolean,
): Dependencies {
  const dependencies = new Map(
    Object.entries(resources).map(([logicalId, resource]) => {
      const names = [
        ...resource.dependsOn,
        ...referencesIn(resource.properties, takes).map(({ name }) => name),
      ];
      return [logicalId, new Set(names.filter((name) => Object.hasOwn(resources, name)))] as const;
    }),
  );
  const cycle = circular(dependencies);
  if (cycle.length > 0) throw validationError(`Circular dependency between resources: [${cycle.join(", ")}]`);
  return dependencies;
}

/** The resources that can never be reached because they wait for each other, directly or not. */
function circular(dependencies: Dependencies): string[] {
  const waiting = new Set(dependencies.keys());
  let settled: string[];
  do {
    settled = [...waiting].filter((id) =>
      [...(dependencies.get(id) ?? [])].every((other) => !waiting.has(other)),
    );
    for (const id of settled) waiting.delete(id);
  } while (settled.length > 0);
  // What merely hangs on a cycle is no part of it.
  return [...waiting].filter((id) => reaches(id, id, dependencies));
}

function reaches(from: string, to: string, dependencies: Dependencies): boolean {
  const seen = new Set<string>();
  const next = [...(dependencies.get(from) ?? [])];
  for (let id = next.pop(); id !== undefined; id = next.pop()) {
    if (id === to) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    next.push(...(dependencies.get(id) ?? []));
  }
  return false;
}
