import { AwsError } from "../../gateway/aws-error.ts";
import { json, noContent, type RestCall, type RestRoute } from "../../gateway/rest-protocol.ts";
import { deleteAlias, putAlias } from "../aliases.ts";
import { parseFunctionName } from "../function-name.ts";
import type { Alias } from "../function-record.ts";
import type { FunctionParts } from "../parts.ts";
import { inputOf } from "./input-body.ts";
import { page } from "./page.ts";

const ALIASES = "/2015-03-31/functions/{FunctionName}/aliases";

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html; weighted routing is not there */
export function aliasOperations(parts: FunctionParts): readonly RestRoute[] {
  const { store } = parts;
  const nameIn = ({ request, path }: RestCall, action: string): string => {
    const { name } = parseFunctionName(path["FunctionName"] ?? "");
    request.authorize(`lambda:${action}`, store.arn(name));
    return name;
  };
  const aliasOf = (name: string, alias: string): Alias => {
    const found = store.get(name).aliases[alias];
    if (found !== undefined) return found;
    throw new AwsError("ResourceNotFoundException", `Cannot find alias arn: ${store.arn(name, alias)}`, 404, {
      Type: "User",
    });
  };
  const shown = (name: string, alias: Alias) => ({
    AliasArn: store.arn(name, alias.name),
    Name: alias.name,
    FunctionVersion: alias.version,
    Description: alias.description,
    RevisionId: alias.revisionId,
  });
  return [
    {
      operation: "CreateAlias",
      method: "POST",
      path: ALIASES,
      async handle(call) {
        const name = nameIn(call, "CreateAlias");
        const input = await inputOf(call.request);
        const alias = String(input["Name"]);
        if (store.get(name).aliases[alias] !== undefined) {
          const text = `Alias already exists: ${store.arn(name, alias)}`;
          throw new AwsError("ResourceConflictException", text, 409, { Type: "User" });
        }
        return json(201, shown(name, putAlias(parts, name, input)));
      },
    },
    {
      operation: "GetAlias",
      method: "GET",
      path: `${ALIASES}/{Name}`,
      async handle(call) {
        const name = nameIn(call, "GetAlias");
        return json(200, shown(name, aliasOf(name, call.path["Name"] ?? "")));
      },
    },
    {
      operation: "UpdateAlias",
      method: "PUT",
      path: `${ALIASES}/{Name}`,
      async handle(call) {
        const name = nameIn(call, "UpdateAlias");
        const before = aliasOf(name, call.path["Name"] ?? "");
        const input = {
          FunctionVersion: before.version,
          Description: before.description,
          ...(await inputOf(call.request)),
          Name: before.name,
        };
        return json(200, shown(name, putAlias(parts, name, input)));
      },
    },
    {
      operation: "DeleteAlias",
      method: "DELETE",
      path: `${ALIASES}/{Name}`,
      async handle(call) {
        deleteAlias(parts, nameIn(call, "DeleteAlias"), call.path["Name"] ?? "");
        return noContent;
      },
    },
    {
      operation: "ListAliases",
      method: "GET",
      path: ALIASES,
      async handle(call) {
        const name = nameIn(call, "ListAliases");
        const version = call.query.get("FunctionVersion");
        const aliases = Object.values(store.get(name).aliases).filter(
          (alias) => version === null || alias.version === version,
        );
        const { items, rest } = page(aliases, call.query);
        return json(200, { Aliases: items.map((alias) => shown(name, alias)), ...rest });
      },
    },
  ];
}
