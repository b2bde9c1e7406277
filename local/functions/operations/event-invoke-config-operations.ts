import {
  deleteEventInvokeConfig,
  getEventInvokeConfig,
  putEventInvokeConfig,
} from "../asynchronous/event-invoke-config.ts";
import { parseFunctionName } from "../function-name.ts";
import type { EventInvokeConfig } from "../function-record.ts";
import type { FunctionParts } from "../parts.ts";
import { json, noContent, type RestCall, type RestRoute } from "../../gateway/rest-protocol.ts";
import { eventInvokeConfigShape } from "../shapes.ts";
import { inputOf } from "./input-body.ts";

const PATH = "/2019-09-25/functions/{FunctionName}/event-invoke-config";

export function eventInvokeConfigOperations(parts: FunctionParts): readonly RestRoute[] {
  const target = ({ request, path, query }: RestCall, action: string) => {
    const { name, qualifier } = parseFunctionName(
      path["FunctionName"] ?? "",
      query.get("Qualifier") ?? undefined,
    );
    request.authorize(`lambda:${action}`, parts.store.arn(name, qualifier));
    return { name, qualifier: qualifier ?? "$LATEST" };
  };
  const show = (name: string, qualifier: string, config: EventInvokeConfig) =>
    json(200, eventInvokeConfigShape(parts, name, qualifier, config));
  return [
    {
      operation: "PutFunctionEventInvokeConfig",
      method: "PUT",
      path: PATH,
      async handle(call) {
        const { name, qualifier } = target(call, "PutFunctionEventInvokeConfig");
        return show(
          name,
          qualifier,
          putEventInvokeConfig(parts, name, qualifier, await inputOf(call.request)),
        );
      },
    },
    {
      operation: "UpdateFunctionEventInvokeConfig",
      method: "POST",
      path: PATH,
      async handle(call) {
        const { name, qualifier } = target(call, "UpdateFunctionEventInvokeConfig");
        const input = await inputOf(call.request);
        const present = getEventInvokeConfig(parts, name, qualifier);
        return show(name, qualifier, putEventInvokeConfig(parts, name, qualifier, input, present));
      },
    },
    {
      operation: "GetFunctionEventInvokeConfig",
      method: "GET",
      path: PATH,
      async handle(call) {
        const { name, qualifier } = target(call, "GetFunctionEventInvokeConfig");
        return show(name, qualifier, getEventInvokeConfig(parts, name, qualifier));
      },
    },
    {
      operation: "DeleteFunctionEventInvokeConfig",
      method: "DELETE",
      path: PATH,
      async handle(call) {
        const { name, qualifier } = target(call, "DeleteFunctionEventInvokeConfig");
        deleteEventInvokeConfig(parts, name, qualifier);
        return noContent;
      },
    },
  ];
}
