import { classifyLaunchFailure, classifyStop } from "./classify-stop.ts";
import type { Verdict } from "./failure.ts";
import { MAIN_CONTAINER } from "../planning/run-request.ts";

/** A text somebody saw, and what else is known of where it stood. */
export interface SeenText {
  readonly where: "stoppedReason" | "container.reason" | "runTask.failure" | "runTask.exception";
  readonly text: string;
  readonly stopCode?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly errorName?: string | undefined;
}

/** What a single text means, by the same rules that a stop or a launch failure is classified with. */
export function explainText({ where, text, stopCode, exitCode, errorName }: SeenText): Verdict {
  if (where === "runTask.failure" || where === "runTask.exception") {
    return classifyLaunchFailure({ text, ...(errorName === undefined ? {} : { errorName }) });
  }
  const reason = where === "container.reason" ? text : undefined;
  return classifyStop({
    stopCode,
    stoppedReason: where === "stoppedReason" ? text : undefined,
    containers: [{ name: MAIN_CONTAINER, exitCode, reason }],
    mainContainer: MAIN_CONTAINER,
  });
}
