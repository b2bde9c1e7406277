import { AwsError } from "../../gateway/aws-error.ts";
import { parseFunctionName } from "../function-name.ts";
import { requiredText } from "../input.ts";
import { addPermission, policyOf, removePermission } from "../permissions.ts";
import type { FunctionParts } from "../parts.ts";
import { json, noContent, type RestCall, type RestRoute } from "../../gateway/rest-protocol.ts";
import { inputOf } from "./input-body.ts";

const POLICY = "/2015-03-31/functions/{FunctionName}/policy";

export function permissionOperations(parts: FunctionParts): readonly RestRoute[] {
  const { store } = parts;
  const target = ({ request, path, query }: RestCall, action: string) => {
    const reference = parseFunctionName(path["FunctionName"] ?? "", query.get("Qualifier") ?? undefined);
    request.authorize(`lambda:${action}`, store.arn(reference.name, reference.qualifier));
    return store.resolve(reference);
  };
  return [
    {
      operation: "AddPermission",
      method: "POST",
      path: POLICY,
      async handle(call) {
        const input = await inputOf(call.request);
        const { configuration, qualifier } = target(call, "AddPermission");
        const statement = addPermission(
          parts,
          configuration.name,
          qualifier,
          requiredText(input, "StatementId"),
          input,
        );
        return json(201, { Statement: JSON.stringify(statement) });
      },
    },
    {
      operation: "RemovePermission",
      method: "DELETE",
      path: `${POLICY}/{StatementId}`,
      async handle(call) {
        const { configuration, qualifier } = target(call, "RemovePermission");
        removePermission(parts, configuration.name, qualifier, call.path["StatementId"] ?? "");
        return noContent;
      },
    },
    {
      operation: "GetPolicy",
      method: "GET",
      path: POLICY,
      async handle(call) {
        const found = target(call, "GetPolicy");
        const policy = policyOf(found);
        if (policy === undefined) {
          throw new AwsError("ResourceNotFoundException", "The resource you requested does not exist.", 404, {
            Type: "User",
          });
        }
        return json(200, { Policy: JSON.stringify(policy), RevisionId: found.record.latest.revisionId });
      },
    },
  ];
}
