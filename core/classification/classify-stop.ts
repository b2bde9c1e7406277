import type { Verdict } from "./failure.ts";
import { judge, sentence } from "./rules/rule.ts";
import { launchRules, rules } from "./rules/rules.ts";

export { EXIT_KILLED, EXIT_TRY_AGAIN } from "./rules/exit-code-rules.ts";
export { STOP_REASONS } from "./rules/stop-code-rules.ts";

/** What ECS says of a stopped task. */
export interface StopFacts {
  readonly stopCode?: string | undefined;
  readonly stoppedReason?: string | undefined;
  readonly containers: readonly {
    readonly name: string;
    readonly exitCode?: number | undefined;
    readonly reason?: string | undefined;
  }[];
  /** The container that does the work; side-cars do not decide. */
  readonly mainContainer: string;
}

/**
 * What a stop means, by the table of rules. Reads the main container by name; side-cars are heard only where it never ran and
 * nothing else says why. A missing exit code is not zero. Never throws.
 */
export function classifyStop({ stopCode, stoppedReason, containers, mainContainer }: StopFacts): Verdict {
  const main = containers.find(({ name }) => name === mainContainer);
  const texts = said([main?.reason, stoppedReason]);
  const verdict = judge(rules, { stopCode, exitCode: main?.exitCode, texts });
  if (verdict !== undefined) return verdict;
  return (
    judge(rules, { texts: said(containers.map(({ reason }) => reason)) }) ?? {
      class: "unknown",
      retry: "yes",
      reason: sentence("The task stopped and nothing that ECS said is known here", texts[0]),
      advice: "Look at the task in the ECS console and at its log; the job is tried once more.",
    }
  );
}

/** What a `failures[]` entry or an exception of RunTask means. Never throws. */
export function classifyLaunchFailure(failure: { errorName?: string; text: string }): Verdict {
  const text = said([failure.errorName, failure.text]).join(": ");
  return (
    judge(launchRules, { texts: said([text]) }) ?? {
      class: "unknown",
      retry: "yes",
      reason: sentence("ECS did not start the task and said nothing that is known here", text),
      advice: "Look the message up; the launch is tried once more.",
    }
  );
}

/** Reasons of ECS have 1,024 characters at most; a longer message has said by here what it has to say. */
const MAX_HEARD_CHARACTERS = 4096;

/** What was said at all, on one line each: consoles and agents break lines anywhere between words, some quote, and AWS writes both \u2019 and '. */
function said(texts: readonly (string | undefined)[]): string[] {
  return texts
    .map((text) =>
      (text ?? "")
        .slice(0, MAX_HEARD_CHARACTERS)
        .replace(/\s+/g, " ")
        .replace(/[\u2018\u2019]/g, "'")
        .replace(/^[\s"]+|[\s"]+$/g, ""),
    )
    .filter((text) => text !== "");
}
