import { functionRole } from "../function-role.ts";
import { sub } from "../template.ts";
import type { Serverless } from "./framework.ts";

/** Gives each function a role of its own, `IntakeRole` for intake, with the permissions of its function.yml. */
export function addFunctionRoles(service: Serverless["service"]): void {
  const resources = service.resources?.Resources;
  if (resources === undefined) throw new Error("serverless.yml has no resources.");
  for (const [name, definition] of Object.entries(service.functions)) {
    const roleId = `${name.charAt(0).toUpperCase()}${name.slice(1)}Role`;
    resources[roleId] = functionRole(definition.name, definition.permissions ?? []);
    // Not GetAtt: the framework would add a DependsOn to it that says nothing more.
    definition.role = sub(`\${${roleId}.Arn}`);
  }
}
