import { parseFunctionName } from "../function-name.ts";
import { integer } from "../input.ts";
import { ACCOUNT_CONCURRENCY } from "../invoker.ts";
import type { FunctionParts } from "../parts.ts";
import { json, noContent, type RestCall, type RestRoute } from "../../gateway/rest-protocol.ts";
import { inputOf } from "./input-body.ts";

const PUT_PATH = "/2017-10-31/functions/{FunctionName}/concurrency";
const GET_PATH = "/2019-09-30/functions/{FunctionName}/concurrency";

/** Reserved concurrency. https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
export function concurrencyOperations(parts: FunctionParts): readonly RestRoute[] {
  const target = ({ request, path }: RestCall, action: string) => {
    const { name } = parseFunctionName(path["FunctionName"] ?? "");
    request.authorize(`lambda:${action}`, parts.store.arn(name));
    return parts.store.get(name);
  };
  return [
    {
      operation: "PutFunctionConcurrency",
      method: "PUT",
      path: PUT_PATH,
      async handle(call) {
        const input = await inputOf(call.request);
        const { latest } = target(call, "PutFunctionConcurrency");
        const concurrency =
          integer(input, "ReservedConcurrentExecutions", { min: 0, max: ACCOUNT_CONCURRENCY }) ?? 0;
        reserveConcurrency(parts, latest.name, concurrency);
        return json(200, { ReservedConcurrentExecutions: concurrency });
      },
    },
    {
      operation: "GetFunctionConcurrency",
      method: "GET",
      path: GET_PATH,
      async handle(call) {
        const { reservedConcurrency } = target(call, "GetFunctionConcurrency");
        return json(
          200,
          reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency },
        );
      },
    },
    {
      operation: "DeleteFunctionConcurrency",
      method: "DELETE",
      path: PUT_PATH,
      async handle(call) {
        const { latest } = target(call, "DeleteFunctionConcurrency");
        reserveConcurrency(parts, latest.name, undefined);
        return noContent;
      },
    },
  ];
}

/** Sets or, with undefined, removes a function's reservation. @throws AwsError InvalidParameterValueException */
export function reserveConcurrency(
  { store, invoker }: FunctionParts,
  name: string,
  concurrency: number | undefined,
): void {
  const { reservedConcurrency: _, ...record } = store.get(name);
  if (concurrency !== undefined) invoker.checkReservation(name, concurrency);
  store.put(concurrency === undefined ? record : { ...record, reservedConcurrency: concurrency });
}
