import { parseFunctionName } from "../function-name.ts";
import { createMapping, deleteMapping, getMapping, updateMapping } from "../mappings/mapping-changes.ts";
import type { FunctionParts } from "../parts.ts";
import { json, type RestRoute } from "../../gateway/rest-protocol.ts";
import { mappingShape } from "../shapes.ts";
import { inputOf } from "./input-body.ts";

const MAPPINGS = "/2015-03-31/event-source-mappings";

export function mappingOperations(parts: FunctionParts): readonly RestRoute[] {
  const arn = (uuid: string) =>
    `arn:aws:lambda:${parts.context.region}:${parts.context.accountId}:event-source-mapping:${uuid}`;
  return [
    {
      operation: "CreateEventSourceMapping",
      method: "POST",
      path: MAPPINGS,
      async handle({ request }) {
        request.authorize("lambda:CreateEventSourceMapping", "*");
        return json(202, mappingShape(parts, await createMapping(parts, await inputOf(request)), "Creating"));
      },
    },
    {
      operation: "ListEventSourceMappings",
      method: "GET",
      path: MAPPINGS,
      async handle({ request, query }) {
        request.authorize("lambda:ListEventSourceMappings", "*");
        const queueArn = query.get("EventSourceArn");
        const name = query.get("FunctionName");
        const functionArn = name === null ? undefined : parts.store.resolve(parseFunctionName(name)).arn;
        const mappings = parts.store.mappings.filter(
          (mapping) =>
            (queueArn === null || mapping.queueArn === queueArn) &&
            (functionArn === undefined || mapping.functionArn === functionArn),
        );
        return json(200, { EventSourceMappings: mappings.map((mapping) => mappingShape(parts, mapping)) });
      },
    },
    {
      operation: "GetEventSourceMapping",
      method: "GET",
      path: `${MAPPINGS}/{UUID}`,
      async handle({ request, path }) {
        const uuid = path["UUID"] ?? "";
        request.authorize("lambda:GetEventSourceMapping", arn(uuid));
        return json(200, mappingShape(parts, getMapping(parts, uuid)));
      },
    },
    {
      operation: "UpdateEventSourceMapping",
      method: "PUT",
      path: `${MAPPINGS}/{UUID}`,
      async handle({ request, path }) {
        const uuid = path["UUID"] ?? "";
        request.authorize("lambda:UpdateEventSourceMapping", arn(uuid));
        return json(
          202,
          mappingShape(parts, await updateMapping(parts, uuid, await inputOf(request)), "Updating"),
        );
      },
    },
    {
      operation: "DeleteEventSourceMapping",
      method: "DELETE",
      path: `${MAPPINGS}/{UUID}`,
      async handle({ request, path }) {
        const uuid = path["UUID"] ?? "";
        request.authorize("lambda:DeleteEventSourceMapping", arn(uuid));
        return json(202, mappingShape(parts, deleteMapping(parts, uuid), "Deleting"));
      },
    },
  ];
}
