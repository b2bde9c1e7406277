import type { Stage } from "./stage.ts";
import { UserError } from "./user-error.ts";

/**
 * A control of the local cloud of a stage, which AWS does not have, e.g. ("faults", "list").
 * @throws UserError where the stage is in AWS, or no local cloud answers
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
  if (!response.ok) throw new UserError(`The local cloud has no ${path}: ${await response.text()}`);
  return response.json();
}
