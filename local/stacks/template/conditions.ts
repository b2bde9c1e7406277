import { evaluate, type Scope } from "./intrinsics.ts";
import { formatError, templateError } from "./template-error.ts";
import type { Template } from "./template.ts";

/** Answers a template's conditions by name, each worked out once. @throws AwsError ValidationError for unknown and circular ones */
export function conditionsOf(template: Template, scope: () => Scope): (name: string) => boolean {
  const known = new Map<string, boolean>();
  const asked = new Set<string>();
  return (name) => {
    const answer = known.get(name);
    if (answer !== undefined) return answer;
    if (!Object.hasOwn(template.conditions, name))
      throw formatError(`Unresolved condition dependency ${name} in the Conditions block of the template`);
    if (asked.has(name))
      throw templateError(`Found circular condition dependency with '${[...asked].join(", ")}'`);
    asked.add(name);
    const value = evaluate(template.conditions[name], scope());
    if (typeof value !== "boolean")
      throw formatError(`Every Condition member must be a boolean function. (condition ${name})`);
    asked.delete(name);
    known.set(name, value);
    return value;
  };
}
