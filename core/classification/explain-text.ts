import { MAIN_CONTAINER } from "../planning/run-request.ts";
import { type StopFacts, classifyLaunchFailure, classifyStop } from "./classify-stop.ts";
import type { Verdict } from "./failure.ts";

/** Where a text can stand: in a task, in its container, in an entry of RunTask's `failures[]`, or in its exception. */
export const TEXT_PLACES = [
  "stoppedReason",
  "container.reason",
  "runTask.failure",
  "runTask.exception",
] as const;

/** A text somebody saw, and what else is known of where it stood. */
export interface SeenText {
  readonly where: (typeof TEXT_PLACES)[number];
  readonly text: string;
  readonly stopCode?: string | undefined;
  /** Of the main container. */
  readonly exitCode?: number | undefined;
  readonly errorName?: string | undefined;
  /** Where the task had side-cars. */
  readonly containers?: StopFacts["containers"] | undefined;
  readonly mainContainer?: string | undefined;
}

/** What a single text means, by the same rules that a stop or a launch failure is classified with. */
export function explainText(seen: SeenText): Verdict {
  const {
    where,
    text,
    stopCode,
    exitCode,
    errorName,
    containers = [],
    mainContainer = MAIN_CONTAINER,
  } = seen;
  if (where === "runTask.failure" || where === "runTask.exception") {
    return classifyLaunchFailure({ text, ...(errorName === undefined ? {} : { errorName }) });
  }
  const main = containers.find(({ name }) => name === mainContainer);
  const told = {
    name: mainContainer,
    exitCode: main?.exitCode ?? exitCode,
    reason: where === "container.reason" ? text : main?.reason,
  };
  return classifyStop({
    stopCode,
    stoppedReason: where === "stoppedReason" ? text : undefined,
    containers: [told, ...containers.filter(({ name }) => name !== mainContainer)],
    mainContainer,
  });
}
