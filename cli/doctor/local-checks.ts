import { z } from "zod";
import { localControl } from "../local-cloud.ts";
import { type Check, type Finding, NotChecked } from "./check.ts";

const Refused = z.array(
  z.object({
    roleArn: z.string(),
    action: z.string(),
    resource: z.string(),
    count: z.number(),
    statement: z.unknown().optional(),
  }),
);

/** Calls that the policies of functions and tasks did not allow. */
export const refusedCalls: Check = {
  name: "refused calls",
  async run({ isLocal, stage }) {
    if (!isLocal)
      throw new NotChecked("AWS tells refused calls in CloudTrail; deploy into a local cloud and look there");
    const refused = Refused.parse(await localControl(stage, "identity/refused"));
    return refused.map(({ roleArn, action, resource, count, statement }): Finding => {
      const role = roleArn.slice(roleArn.lastIndexOf("/") + 1);
      return {
        severity: "error",
        what: `${role} may not ${action} on ${resource} (refused ${count === 1 ? "once" : `${count} times`}).`,
        toDo:
          statement === undefined
            ? "A Deny stands in the way: take it out of the policy."
            : "Add the statement to the permissions in its function.yml, or to the pipeline's role.",
        ...(statement === undefined ? {} : { statement }),
      };
    });
  },
};

const Unsupported = z.array(
  z.object({ stackName: z.string(), logicalId: z.string(), type: z.string(), property: z.string() }),
);

/** Properties of the template that the local cloud does nothing about. */
export const properties: Check = {
  name: "template properties",
  async run({ isLocal, stage, stackName }) {
    if (!isLocal) throw new NotChecked("AWS does all that a template says");
    const all = Unsupported.parse(await localControl(stage, "stacks/unsupported"));
    const own = all.filter((one) => one.stackName === stackName);
    return own.map(({ logicalId, type, property }) => ({
      severity: "warning",
      what: `${logicalId} (${type}): ${property} has no effect here.`,
      toDo: "Try it in a stage in AWS; the local cloud cannot show whether it is right.",
    }));
  },
};
