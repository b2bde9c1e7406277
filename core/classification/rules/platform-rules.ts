import { type Rule, anyOf } from "./rule.ts";

const agentFailed = {
  class: "platform",
  retry: "yes",
  happened: "AWS's container agent failed",
  advice: "Do nothing: the jobs run again; ask AWS if it goes on.",
} as const;

/** The agent or the container runtime gave up by its own words. */
export const agentRules: readonly Rule[] = [
  {
    text: anyOf(
      /could not transition to/,
      /cannot (stop|inspect|describe|list|remove|get) (container|image|volume|docker)/,
      /(cannot (start|create) container|container runtime error)(?!.*(https?:|log stream)).*(deadline exceeded|did not start before)/,
      /docker (time out|state) error/,
      /runtime time out error/,
      /\becs agent\b(?! version)/,
      /\bagent\b.*\bdisconnected/,
      /(?<!response from (the )?)docker daemon/,
      /dev(ice)?mapper/,
      /cgroup error/,
      /platform resources/,
      /nil pointer/,
    ),
    ...agentFailed,
  },
  {
    text: anyOf(/timed? out (waiting|while) (?!.*(network interface|\beni\b)).*(provision|attach|storage)/),
    ...agentFailed,
    happened: "AWS did not provide the task's storage in time",
  },
];

/** Failures of AWS that name no cause. */
export const platformRules: readonly Rule[] = [
  {
    text: anyOf(
      /internal (server |service )?(error|failure|exception)/,
      /server exception/,
      /service (is )?(temporarily )?unavailable/,
      /(http |error |status(:| code:?)? )50[0234]\b/,
      /\b50[0234] (internal|bad|service|gateway)/,
      /bad gateway|gateway time out/,
      /deserialization/,
      /temporary failure/,
      /try again later/,
      /provisioning failed/,
      /connection is unavailable/,
      /transport is closing/,
      /rpc error/,
      /container runtime error/,
      /unable to (start|run) the task/,
    ),
    ...agentFailed,
    happened: "AWS failed by itself",
  },
];

/** Docker failed, and nothing after its number says over what. */
export const dockerRules: readonly Rule[] = [{ text: anyOf(/api error \(50[0234]\)/), ...agentFailed }];
