import type { Verdict } from "./failure.ts";
import { textRules } from "./text-rules.ts";

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

/** Reasons that we give to StopTask ourselves; stoppedReason repeats them. */
export const STOP_REASONS = {
  timeout: "JOB_TIMEOUT: the run took longer than its pipeline allows",
  startTimeout: "START_TIMEOUT: the task did not start in time",
  cancelled: "JOB_CANCELLED: cancelled by a person",
} as const;

/** sysexits.h EX_TEMPFAIL: the image asks for another try. */
export const EXIT_TRY_AGAIN = 75;

/**
 * What a stop means. The stop code beats the exit code, a container's OutOfMemoryError beats both, a named cause beats a
 * generic one, and a missing exit code is not zero. Reads the main container by name. Never throws.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
 */
export function classifyStop(facts: StopFacts): Verdict {
  const main = facts.containers.find(({ name }) => name === facts.mainContainer);
  const texts = [main?.reason, facts.stoppedReason].filter(
    (text) => text !== undefined && text !== "",
  ) as string[];
  return (
    outOfMemory(texts) ??
    byStopCode(facts, main?.exitCode) ??
    byText(texts) ??
    byExitCode(main?.exitCode) ?? {
      class: "unknown",
      retry: "yes",
      reason: `The task stopped and ECS gave no exit code${texts[0] === undefined ? "" : ` ("${texts[0]}")`}.`,
      advice: "Look at the task in the ECS console and at its log.",
    }
  );
}

/** What a `failures[]` entry or an exception of RunTask means. */
export function classifyLaunchFailure(failure: { errorName?: string; text: string }): Verdict {
  const text = [failure.errorName, failure.text].filter(Boolean).join(": ");
  return (
    byText([text]) ?? {
      class: "unknown",
      retry: "yes",
      reason: `ECS did not start the task: ${text}`,
      advice: "Look the message up; if it is AWS's fault it passes by itself.",
    }
  );
}

function outOfMemory(texts: readonly string[]): Verdict | undefined {
  if (!texts.some((text) => /out ?of ?memory/i.test(text))) return undefined;
  return {
    class: "out-of-memory",
    retry: "bigger",
    reason: "The task used more memory than its size has and was killed.",
    advice: "Give the pipeline a larger size in pipelines.ts.",
  };
}

function byStopCode(
  { stopCode, stoppedReason = "" }: StopFacts,
  exitCode: number | undefined,
): Verdict | undefined {
  switch (stopCode) {
    case "SpotInterruption":
      return {
        class: "spot-interruption",
        retry: "yes",
        reason: "AWS took the Spot capacity back.",
        advice: "Nothing; the jobs run again. Use capacity on-demand if it happens too often.",
      };
    case "UserInitiated":
      return byOwnReason(stoppedReason);
    case "ServiceSchedulerInitiated":
      return (
        byText([stoppedReason]) ?? {
          class: "scaling",
          retry: "no",
          reason: "The service stopped the task while scaling or deploying.",
          advice: "Nothing; the service replaces its tasks by itself.",
        }
      );
    case "TerminationNotice":
    case "InfrastructureHealth":
      return {
        class: "platform",
        retry: "yes",
        reason: `AWS stopped the host under the task${stoppedReason === "" ? "" : ` ("${stoppedReason}")`}.`,
        advice: "Nothing; the jobs run again.",
      };
    case "EssentialContainerExited":
      return byExitCode(exitCode);
    default:
      return exitCode === 0 ? byExitCode(0) : undefined;
  }
}

function byOwnReason(stoppedReason: string): Verdict {
  if (stoppedReason.startsWith("JOB_TIMEOUT")) {
    return {
      class: "timeout",
      retry: "yes",
      reason: "The run took longer than its pipeline allows and was stopped.",
      advice: "Raise timeout.runSeconds in pipelines.ts, or find out what the task waits for.",
    };
  }
  if (stoppedReason.startsWith("START_TIMEOUT")) {
    return {
      class: "platform",
      retry: "yes",
      reason: "The task did not start in time and was stopped.",
      advice: "Nothing at first; if it goes on, look at free subnet addresses and at the size of the image.",
    };
  }
  return {
    class: "cancelled",
    retry: "no",
    reason: `A person stopped the task${stoppedReason === "" ? "" : ` ("${stoppedReason}")`}.`,
    advice: "Retry the job when it is wanted again.",
  };
}

function byExitCode(exitCode: number | undefined): Verdict | undefined {
  if (exitCode === undefined) return undefined;
  if (exitCode === 0)
    return { class: "succeeded", retry: "no", reason: "The task finished.", advice: "Nothing." };
  if (exitCode === EXIT_TRY_AGAIN) {
    return {
      class: "application",
      retry: "yes",
      reason: "The program asked for another try (exit code 75).",
      advice: "Look at the task's log for what it waits for.",
    };
  }
  return {
    class: "application",
    retry: "no",
    reason: `The program ended with exit code ${exitCode}${signalOf(exitCode)}.`,
    advice: "Look at the task's log; exit code 75 would ask for another try.",
  };
}

function signalOf(exitCode: number): string {
  const signals: Readonly<Record<number, string>> = {
    134: "SIGABRT",
    137: "SIGKILL",
    139: "SIGSEGV",
    143: "SIGTERM",
  };
  const signal = signals[exitCode];
  return signal === undefined ? "" : ` (${signal})`;
}

function byText(texts: readonly string[]): Verdict | undefined {
  for (const text of texts) {
    const rule = textRules.find(({ pattern }) => pattern.test(text));
    if (rule !== undefined) {
      return {
        class: rule.class,
        retry: rule.retry,
        reason: `${rule.happened} ("${excerpt(text)}")`,
        advice: rule.advice,
      };
    }
  }
  return undefined;
}

function excerpt(text: string): string {
  return text.length > 300 ? `${text.slice(0, 297)}...` : text;
}
