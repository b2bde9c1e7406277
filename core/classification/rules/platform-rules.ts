import type { Rule } from "./rule.ts";

const agentFailed = {
  class: "platform",
  retry: "yes",
  happened: "AWS's container agent failed",
  advice: "Do nothing: the jobs run again; ask AWS if it goes on.",
} as const;

/** The agent or the container runtime gave up by its own words. */
export const agentRules: readonly Rule[] = [
  {
    text: /could not transition to|cannot ?(stop|inspect) ?container|docker(timeout|state)error|runtimetimeouterror|panic: |nil pointer/i,
    ...agentFailed,
  },
  {
    text: /time(d )?out waiting for .*(provision|attach|storage|interface)/i,
    ...agentFailed,
    happened: "AWS did not provide the task's network interface or storage in time",
  },
];

/** Failures of AWS that name no cause. */
export const platformRules: readonly Rule[] = [
  {
    text: /internal[ _]?(server[ _]?)?(error|failure|exception)|server ?exception|service[ _]?(is )?(temporarily )?unavailable|(api error \(|http |error |status(:| code:?)? ?)50[0234]\b|\b50[0234] (internal|bad|service|gateway)|temporary failure|try again later|provisioning failed|containerruntimeerror|unable to (start|run) the task/i,
    ...agentFailed,
    happened: "AWS failed by itself",
  },
];
