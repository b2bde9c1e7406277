import type { IncomingMessage } from "node:http";
import { z } from "zod";
import { AwsError } from "./aws-error.ts";
import { readBody } from "./body.ts";
import type { Control, GatewayResponse, LocalService } from "./service.ts";

/** @throws AwsError where there is no such control */
export function controlOf(services: readonly LocalService[], serviceName: string, name: string): Control {
  const controls = services.find((service) => service.name === serviceName)?.controls ?? {};
  const control = Object.hasOwn(controls, name) ? controls[name] : undefined;
  if (control !== undefined) return control;
  throw new AwsError(
    "UnknownOperationException",
    `The local cloud has no control ${serviceName}/${name}.`,
    404,
  );
}

/** POST /_cloud/SERVICE/CONTROL: what the control answers, or `{error}` in one sentence where the caller is mistaken. */
export async function answerControl(
  services: readonly LocalService[],
  incoming: IncomingMessage,
): Promise<GatewayResponse> {
  try {
    const [, , serviceName = "", name = ""] = (incoming.url ?? "").split("/");
    const control = controlOf(services, serviceName, name);
    const text = (await readBody(incoming)).toString("utf8");
    return answer(200, (await control(text === "" ? {} : parseJson(text))) ?? {});
  } catch (error) {
    if (error instanceof AwsError) return answer(error.status, { error: error.message });
    if (error instanceof z.ZodError) return answer(400, { error: sentence(error) });
    throw error;
  }
}

function answer(status: number, document: unknown): GatewayResponse {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(document) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AwsError("SerializationException", `The body is not JSON: ${(error as Error).message}`);
  }
}

/** E.g. "Invalid input: expected string, received undefined → at taskArn". */
function sentence(error: z.ZodError): string {
  return z
    .prettifyError(error)
    .replaceAll("✖ ", "")
    .replaceAll(/\s*\n\s*/g, " ");
}
