import type { CloudContext } from "../../context/cloud-context.ts";
import { dependenciesOf, type Dependencies } from "../template/dependencies.ts";
import { parseTemplate } from "../template/parse-template.ts";
import { referencesIn } from "../template/references.ts";
import { formatError } from "../template/template-error.ts";
import type { Template, TemplateResource } from "../template/template.ts";
import type { ResourceRecord, StackDefinition } from "./stack-record.ts";
import { stackScope, type StackScope } from "./stack-scope.ts";
import type { StackStore } from "./stack-store.ts";

/** A stack's template as one set of parameters makes it: only what the conditions let in. */
export interface ActiveDefinition {
  readonly template: Template;
  readonly resources: Readonly<Record<string, TemplateResource>>;
  readonly dependencies: Dependencies;
  readonly scope: StackScope;
}

/**
 * @param lookUp gives a resource that functions may refer to
 * @throws AwsError ValidationError for circular dependencies and references to what a condition leaves out
 */
export function activeDefinition(
  context: CloudContext,
  store: StackStore,
  stack: { stackId: string; stackName: string },
  definition: StackDefinition,
  lookUp: (logicalId: string) => Pick<ResourceRecord, "physicalId" | "attributes"> | undefined,
): ActiveDefinition {
  const template = parseTemplate(definition.templateBody);
  const { stackId, stackName } = stack;
  const { accountId, region } = context;
  const scope = stackScope(
    { accountId, region },
    { stackId, stackName },
    template,
    definition,
    () => store.exports(),
    lookUp,
  );
  const resources = Object.fromEntries(
    Object.entries(template.resources).filter(
      ([, { condition }]) => condition === undefined || scope.condition(condition),
    ),
  );
  const outputs = Object.values(template.outputs).filter(
    ({ condition }) => condition === undefined || scope.condition(condition),
  );
  refuseInactive(
    template,
    resources,
    Object.values(resources).map(({ properties }) => properties),
    scope,
    "Resources",
  );
  refuseInactive(
    template,
    resources,
    outputs.map(({ value }) => value),
    scope,
    "Outputs",
  );
  return { template, resources, scope, dependencies: dependenciesOf(resources, scope.condition) };
}

function refuseInactive(
  template: Template,
  active: Readonly<Record<string, unknown>>,
  values: readonly unknown[],
  scope: StackScope,
  block: string,
): void {
  const names = referencesIn(values, scope.condition).map(({ name }) => name);
  const inactive = new Set(
    names.filter((name) => Object.hasOwn(template.resources, name) && !Object.hasOwn(active, name)),
  );
  if (inactive.size > 0)
    throw formatError(
      `Unresolved resource dependencies [${[...inactive].join(", ")}] in the ${block} block of the template`,
    );
}
