import type { CloudContext } from "../../context/cloud-context.ts";
import { conditionsOf } from "../template/conditions.ts";
import { NO_VALUE, type Scope } from "../template/intrinsics.ts";
import { parameterReference } from "../template/parameters.ts";
import { pseudoParameter } from "../template/pseudo-parameters.ts";
import { formatError, templateError, validationError } from "../template/template-error.ts";
import type { Template } from "../template/template.ts";
import type { ResourceRecord, StackDefinition } from "./stack-record.ts";
import type { ExportRecord } from "./stack-store.ts";

/** A template with everything that its functions may ask for. */
export interface StackScope extends Scope {
  /** Names of the exports that were asked for so far. */
  readonly imports: ReadonlySet<string>;
}

/**
 * Answers a template's references from its parameters, from the resources that exist by now and from other stacks' exports.
 * `lookUp` gives a resource that can be referred to; it may throw where that is not known yet.
 */
export function stackScope(
  context: Pick<CloudContext, "accountId" | "region">,
  stack: { stackId: string; stackName: string },
  template: Template,
  definition: StackDefinition,
  exports: () => readonly ExportRecord[],
  lookUp: (logicalId: string) => Pick<ResourceRecord, "physicalId" | "attributes"> | undefined,
): StackScope {
  const imports = new Set<string>();
  const pseudo = { ...context, ...stack, notificationArns: definition.notificationArns };
  const existing = (logicalId: string) => {
    const resource = lookUp(logicalId);
    if (resource !== undefined) return resource;
    throw formatError(
      `Unresolved resource dependencies [${logicalId}] in the Resources block of the template`,
    );
  };
  const scope: StackScope = {
    imports,
    mappings: template.mappings,
    languageExtensions: template.languageExtensions,
    zones: (region) => ["a", "b", "c", "d", "e", "f"].map((letter) => `${region}${letter}`),
    condition: conditionsOf(template, () => scope),
    ref(name) {
      if (name === "AWS::NoValue") return NO_VALUE;
      const parameter = Object.hasOwn(template.parameters, name) ? template.parameters[name] : undefined;
      if (parameter !== undefined) {
        const value = definition.storedParameters?.[name] ?? definition.parameters[name] ?? "";
        return parameterReference(parameter, value);
      }
      return pseudoParameter(name, pseudo) ?? existing(name).physicalId;
    },
    getAtt(logicalId, attribute) {
      const { attributes } = existing(logicalId);
      if (Object.hasOwn(attributes, attribute)) return attributes[attribute];
      throw templateError(`resource ${logicalId} does not support attribute type ${attribute} in Fn::GetAtt`);
    },
    importValue(name) {
      const found = exports().find((candidate) => candidate.name === name);
      if (found === undefined) throw validationError(`No export named ${name} found.`);
      imports.add(name);
      return found.value;
    },
  };
  return scope;
}
