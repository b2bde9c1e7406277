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
  /** Whose reason the text is; the main container's, where this is left out. */
  readonly container?: string | undefined;
}

/** What a single text means, by the same rules that a stop or a launch failure is classified with. */
export function explainText(seen: SeenText): Verdict {
  const { where, text, stopCode, errorName, mainContainer = MAIN_CONTAINER } = seen;
  if (where === "runTask.failure" || where === "runTask.exception") {
    return classifyLaunchFailure({ text, ...(errorName === undefined ? {} : { errorName }) });
  }
  return classifyStop({
    stopCode,
    stoppedReason: where === "stoppedReason" ? text : undefined,
    containers: containersOf(seen, mainContainer),
    mainContainer,
  });
}

/** The containers that the text came with, and in any case the main one and the one that the text stood in. */
function containersOf(seen: SeenText, mainContainer: string): StopFacts["containers"] {
  const { where, text, exitCode, containers = [], container = mainContainer } = seen;
  const names = new Set([mainContainer, container, ...containers.map(({ name }) => name)]);
  return [...names].map((name) => {
    const known = containers.find((one) => one.name === name);
    return {
      name,
      exitCode: known?.exitCode ?? (name === mainContainer ? exitCode : undefined),
      reason: where === "container.reason" && name === container ? text : known?.reason,
    };
  });
}
