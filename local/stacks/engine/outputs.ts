import { evaluate, type Scope } from "../template/intrinsics.ts";
import { formatError, validationError } from "../template/template-error.ts";
import type { Template } from "../template/template.ts";
import type { OutputRecord, StackRecord } from "./stack-record.ts";
import type { StackStore } from "./stack-store.ts";

/** Works out a template's outputs. @throws AwsError ValidationError */
export function outputsOf(template: Template, scope: Scope): OutputRecord[] {
  return Object.entries(template.outputs)
    .filter(([, { condition }]) => condition === undefined || scope.condition(condition))
    .map(([key, output]) => ({
      key,
      value: outputText(key, evaluate(output.value, scope)),
      ...(output.description === undefined ? {} : { description: output.description }),
      ...(output.exportName === undefined
        ? {}
        : { exportName: outputText(key, evaluate(output.exportName, scope)) }),
    }));
}

/**
 * Exports are one name space of the account and region, and what others import neither changes nor goes away.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
 * @throws AwsError ValidationError
 */
export function checkExports(store: StackStore, stack: StackRecord, outputs: readonly OutputRecord[]): void {
  const names = outputs.flatMap(({ exportName }) => exportName ?? []);
  const doubled = names.find((name, index) => names.indexOf(name) !== index);
  if (doubled !== undefined)
    throw validationError(`Duplicate Export names found in the template: ${doubled}`);
  for (const { name, exporter } of store.exports()) {
    if (exporter.stackId !== stack.stackId && names.includes(name)) {
      throw validationError(`Export with name ${name} is already exported by stack ${exporter.stackName}`);
    }
  }
  for (const { exportName, value } of stack.outputs) {
    if (exportName === undefined) continue;
    const after = outputs.find((output) => output.exportName === exportName);
    if (after?.value === value) continue;
    const verb = after === undefined ? "Cannot delete" : "Cannot update";
    const importers = store.importersOf(exportName).map(({ stackName }) => stackName);
    if (importers.length > 0)
      throw validationError(`${verb} export ${exportName} as it is in use by ${importers.join(", ")}`);
  }
}

function outputText(key: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw formatError(`The Value field of every Outputs member must evaluate to a String. (output ${key})`);
}
