import { ACCOUNT_CONCURRENCY } from "../invoker.ts";
import type { FunctionParts } from "../parts.ts";
import { json, type RestRoute } from "../../gateway/rest-protocol.ts";

const MIB = 1024 * 1024;

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const CODE_LIMITS = {
  TotalCodeSize: 75 * 1024 * MIB,
  CodeSizeUnzipped: 250 * MIB,
  CodeSizeZipped: 50 * MIB,
} as const;

/** What the account may have, and has. https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html */
export function accountOperations({ store, invoker }: FunctionParts): readonly RestRoute[] {
  return [
    {
      operation: "GetAccountSettings",
      method: "GET",
      path: "/2016-08-19/account-settings",
      async handle({ request }) {
        request.authorize("lambda:GetAccountSettings", "*");
        const code = store.functions.flatMap(({ latest, versions }) => [latest, ...versions]);
        return json(200, {
          AccountLimit: {
            ...CODE_LIMITS,
            ConcurrentExecutions: ACCOUNT_CONCURRENCY,
            UnreservedConcurrentExecutions: invoker.unreservedConcurrency(),
          },
          AccountUsage: {
            TotalCodeSize: code.reduce((sum, { codeSize }) => sum + codeSize, 0),
            FunctionCount: store.functions.length,
          },
        });
      },
    },
  ];
}
