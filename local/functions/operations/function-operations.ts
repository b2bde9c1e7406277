import { invalid, section, requiredText, textMap } from "../input.ts";
import { parseFunctionName } from "../function-name.ts";
import { createFunction, deleteFunction, publishVersion, updateCode, updateSettings } from "../lifecycle.ts";
import type { FunctionParts } from "../parts.ts";
import { json, noContent, type RestRoute } from "../../gateway/rest-protocol.ts";
import { configurationShape } from "../shapes.ts";
import { inputOf } from "./input-body.ts";
import { page } from "./page.ts";

const NEW_NAME = /^[a-zA-Z0-9-_]{1,64}$/;
const FUNCTIONS = "/2015-03-31/functions";

/** CreateFunction, GetFunction and their like. */
export function functionOperations(parts: FunctionParts): readonly RestRoute[] {
  const { store } = parts;
  const show = (configuration: Parameters<typeof configurationShape>[1], qualified = false) =>
    configurationShape(parts, configuration, qualified);
  return [
    {
      operation: "CreateFunction",
      method: "POST",
      path: FUNCTIONS,
      async handle({ request }) {
        const input = await inputOf(request);
        const { name } = parseFunctionName(requiredText(input, "FunctionName"));
        if (!NEW_NAME.test(name))
          throw invalid(`Value '${name}' at 'functionName' failed to satisfy constraint`);
        request.authorize("lambda:CreateFunction", store.arn(name));
        request.authorize("iam:PassRole", requiredText(input, "Role"), {
          "iam:PassedToService": "lambda.amazonaws.com",
        });
        const record = await createFunction(parts, name, input, {
          code: section(input, "Code") ?? {},
          tags: textMap(input, "Tags") ?? {},
        });
        return json(201, show(input["Publish"] === true ? publishVersion(parts, name, {}) : record.latest));
      },
    },
    {
      operation: "ListFunctions",
      method: "GET",
      path: FUNCTIONS,
      async handle({ request, query }) {
        request.authorize("lambda:ListFunctions", "*");
        const all = query.get("FunctionVersion") === "ALL";
        const configurations = store.functions.flatMap(({ latest, versions }) =>
          all ? [latest, ...versions] : [latest],
        );
        const { items, rest } = page(configurations, query);
        return json(200, { Functions: items.map((configuration) => show(configuration, all)), ...rest });
      },
    },
    {
      operation: "GetFunction",
      method: "GET",
      path: `${FUNCTIONS}/{FunctionName}`,
      async handle({ request, path, query }) {
        const reference = parseFunctionName(path["FunctionName"] ?? "", query.get("Qualifier") ?? undefined);
        request.authorize("lambda:GetFunction", store.arn(reference.name, reference.qualifier));
        const { record, configuration } = store.resolve(reference);
        return json(200, {
          Configuration: show(configuration, reference.qualifier !== undefined),
          // In AWS this is a link to S3 that ends in ten minutes; here it leads to the file itself.
          Code: { RepositoryType: "S3", Location: parts.code.zipUrl(configuration.codeSha256) },
          Tags: record.tags,
          ...(record.reservedConcurrency === undefined
            ? {}
            : { Concurrency: { ReservedConcurrentExecutions: record.reservedConcurrency } }),
        });
      },
    },
    {
      operation: "GetFunctionConfiguration",
      method: "GET",
      path: `${FUNCTIONS}/{FunctionName}/configuration`,
      async handle({ request, path, query }) {
        const reference = parseFunctionName(path["FunctionName"] ?? "", query.get("Qualifier") ?? undefined);
        request.authorize("lambda:GetFunctionConfiguration", store.arn(reference.name, reference.qualifier));
        return json(200, show(store.resolve(reference).configuration, reference.qualifier !== undefined));
      },
    },
    {
      operation: "UpdateFunctionCode",
      method: "PUT",
      path: `${FUNCTIONS}/{FunctionName}/code`,
      async handle({ request, path }) {
        const input = await inputOf(request);
        const { name } = parseFunctionName(path["FunctionName"] ?? "");
        request.authorize("lambda:UpdateFunctionCode", store.arn(name));
        const latest = await updateCode(parts, name, input);
        return json(200, show(input["Publish"] === true ? publishVersion(parts, name, {}) : latest));
      },
    },
    {
      operation: "UpdateFunctionConfiguration",
      method: "PUT",
      path: `${FUNCTIONS}/{FunctionName}/configuration`,
      async handle({ request, path }) {
        const input = await inputOf(request);
        const { name } = parseFunctionName(path["FunctionName"] ?? "");
        request.authorize("lambda:UpdateFunctionConfiguration", store.arn(name));
        return json(200, show(updateSettings(parts, name, input)));
      },
    },
    {
      operation: "DeleteFunction",
      method: "DELETE",
      path: `${FUNCTIONS}/{FunctionName}`,
      async handle({ request, path }) {
        const { name } = parseFunctionName(path["FunctionName"] ?? "");
        request.authorize("lambda:DeleteFunction", store.arn(name));
        store.get(name);
        deleteFunction(parts, name);
        return noContent;
      },
    },
    {
      operation: "PublishVersion",
      method: "POST",
      path: `${FUNCTIONS}/{FunctionName}/versions`,
      async handle({ request, path }) {
        const { name } = parseFunctionName(path["FunctionName"] ?? "");
        request.authorize("lambda:PublishVersion", store.arn(name));
        return json(201, show(publishVersion(parts, name, await inputOf(request))));
      },
    },
    {
      operation: "ListVersionsByFunction",
      method: "GET",
      path: `${FUNCTIONS}/{FunctionName}/versions`,
      async handle({ request, path, query }) {
        const { name } = parseFunctionName(path["FunctionName"] ?? "");
        request.authorize("lambda:ListVersionsByFunction", store.arn(name));
        const { latest, versions } = store.get(name);
        const { items, rest } = page([latest, ...versions], query);
        return json(200, { Versions: items.map((configuration) => show(configuration, true)), ...rest });
      },
    },
  ];
}
