import type { ResourceProvider } from "../cloudformation/resource-provider.ts";
import type { FunctionParts } from "./parts.ts";
import { eventInvokeConfigResource } from "./resources/event-invoke-config-resource.ts";
import { functionResource } from "./resources/function-resource.ts";
import { mappingResource } from "./resources/mapping-resource.ts";
import { permissionResource } from "./resources/permission-resource.ts";
import { aliasResource, urlResource, versionResource } from "./resources/version-resources.ts";

/** The CloudFormation types of Lambda. */
export function functionResources(parts: FunctionParts): readonly ResourceProvider[] {
  return [
    functionResource(parts),
    versionResource(parts),
    aliasResource(parts),
    permissionResource(parts),
    mappingResource(parts),
    eventInvokeConfigResource(parts),
    urlResource,
  ];
}
