import { z } from "zod";
import type { Stage } from "./stage.ts";
import { printable } from "./table.ts";
import { UserError } from "./user-error.ts";

const Refusal = z.object({ error: z.string() });

/**
 * A control of the local cloud of a stage, which AWS does not have, e.g. ("faults", "list").
 * @throws UserError where the stage is in AWS, no local cloud answers, or it refuses the input
 */
export async function localControl(stage: Stage, path: string, input: object = {}): Promise<unknown> {
  if (stage.name !== "local" || stage.endpoint === undefined) {
    throw new UserError(`Stage "${stage.name}" is in AWS; only a local cloud can do this: --stage local`, 2);
  }
  const url = `${stage.endpoint}/_cloud/${path}`;
  const response = await fetch(url, { method: "POST", body: JSON.stringify(input) }).catch(
    (error: unknown) => {
      throw new UserError(
        `No local cloud answers at ${stage.endpoint ?? ""}; start one with: npm start (${String(error)})`,
      );
    },
  );
  if (response.ok) return response.json();
  const refusal = Refusal.safeParse(await response.json().catch(() => undefined));
  if (refusal.success) throw new UserError(printable(refusal.data.error), 2);
  throw new UserError(
    `${url} answers ${response.status}: what runs there is no local cloud, or one in trouble.`,
  );
}
