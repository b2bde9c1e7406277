import { parseFunctionName } from "../function-name.ts";
import { textMap } from "../input.ts";
import type { FunctionParts } from "../parts.ts";
import { json, noContent, type RestCall, type RestRoute } from "../../gateway/rest-protocol.ts";
import { inputOf } from "./input-body.ts";

const PATH = "/2017-03-31/tags/{ARN}";

export function tagOperations(parts: FunctionParts): readonly RestRoute[] {
  const target = ({ request, path }: RestCall, action: string) => {
    const { name } = parseFunctionName(path["ARN"] ?? "");
    request.authorize(`lambda:${action}`, parts.store.arn(name));
    return parts.store.get(name);
  };
  return [
    {
      operation: "ListTags",
      method: "GET",
      path: PATH,
      handle: async (call) => json(200, { Tags: target(call, "ListTags").tags }),
    },
    {
      operation: "TagResource",
      method: "POST",
      path: PATH,
      async handle(call) {
        const added = textMap(await inputOf(call.request), "Tags") ?? {};
        const record = target(call, "TagResource");
        parts.store.put({ ...record, tags: { ...record.tags, ...added } });
        return noContent;
      },
    },
    {
      operation: "UntagResource",
      method: "DELETE",
      path: PATH,
      async handle(call) {
        const record = target(call, "UntagResource");
        const removed = new Set(call.query.getAll("tagKeys"));
        const tags = Object.fromEntries(Object.entries(record.tags).filter(([key]) => !removed.has(key)));
        parts.store.put({ ...record, tags });
        return noContent;
      },
    },
  ];
}
