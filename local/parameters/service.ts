import type { CloudContext, ParameterReader } from "../context/cloud-context.ts";
import { inputCheck } from "../gateway/constraints/input-check.ts";
import { jsonProtocol } from "../gateway/json-protocol.ts";
import type { LocalService } from "../gateway/service.ts";
import { changeOperations } from "./change-parameters.ts";
import { parameterResource } from "./parameter-resource.ts";
import { ParameterStore, selected } from "./parameter-store.ts";
import { putParameter } from "./put-parameter.ts";
import { readOperations } from "./read-parameters.ts";

/** The Parameter Store of Systems Manager. */
export function createParametersService(context: CloudContext): LocalService & ParameterReader {
  const store = new ParameterStore(context);
  return {
    name: "parameters",
    signingNames: ["ssm"],
    handle: jsonProtocol({
      version: "1.1",
      service: "SSM",
      check: inputCheck("ssm"),
      operations: { PutParameter: putParameter(store), ...readOperations(store), ...changeOperations(store) },
    }),
    resources: [parameterResource(store)],
    value: (reference) => selected(store, reference).version.value,
    arnOf(reference) {
      return reference.startsWith("arn:") ? reference : store.arnOf(reference.replace(/:\d+$/, ""));
    },
  };
}
