import { type Rule, anyOf } from "./rule.ts";

/** sysexits.h EX_TEMPFAIL: the image asks for another try. */
export const EXIT_TRY_AGAIN = 75;

/** 128 + SIGKILL: the program was ended from outside and could say nothing. */
export const EXIT_KILLED = 137;

const application = { class: "application", retry: "no" } as const;

/** The work is done, whatever a side-car or the agent says of itself. */
export const successRules: readonly Rule[] = [
  {
    exitCode: [0],
    class: "succeeded",
    retry: "no",
    happened: "The task finished",
    advice: "Nothing is to be done.",
  },
];

/** A container that the main one waits for failed first. */
export const dependencyRules: readonly Rule[] = [
  {
    text: anyOf(
      /(?<!necessary )depend(ent|ency|s on)\b.*(exited|did not (exit|complete)|unhealthy|failed|timed out)/,
    ),
    ...application,
    happened: "A container that the program depends on failed first",
    advice: "Look at the log of the container that the message names.",
  },
];

/** What the main container's exit code says, where nothing else was said. 128 + n is signal n, as shells have it. */
export const exitCodeRules: readonly Rule[] = [
  {
    exitCode: [EXIT_TRY_AGAIN],
    class: "application",
    retry: "yes",
    happened: "The program asked for another try with exit code 75",
    advice: "Look at the task's log for what it waits for, if it goes on.",
  },
  {
    exitCode: [126],
    ...application,
    happened: "The program was found and may not be executed (exit code 126)",
    advice: "Make the file executable in the image and see that it is built for the task's architecture.",
  },
  {
    exitCode: [127],
    ...application,
    happened: "A program was not found in the image (exit code 127)",
    advice: "Check the command and the PATH of the image; the task's log names what was missing.",
  },
  {
    exitCode: [134],
    ...application,
    happened: "The program aborted itself (exit code 134, SIGABRT), as Node does when its heap is full",
    advice:
      "Look at the task's log; give the heap or the task more memory if it says that the heap was full.",
  },
  {
    exitCode: [EXIT_KILLED],
    ...application,
    happened: "The program was killed (exit code 137, SIGKILL) and ECS did not say that memory was why",
    advice:
      "Look at the task's memory and log; a child process may have used it up, or the program outlived its stop timeout.",
  },
  {
    exitCode: [139],
    ...application,
    happened: "The program crashed (exit code 139, SIGSEGV)",
    advice:
      "Look at the task's log; native libraries built for another system or architecture are a frequent cause.",
  },
  {
    exitCode: [143],
    ...application,
    happened: "The program ended because something sent it SIGTERM (exit code 143)",
    advice: "Find out in the task's log what ended the program.",
  },
  {
    exitCode: "any",
    ...application,
    happened: "The program ended with exit code {exitCode}",
    advice: "Look at the task's log; a program that wants another try ends with exit code 75.",
  },
  {
    text: anyOf(
      /\bexit(ed)?( with)?( non-?zero)?( exit)?[ -](code|status)[ :=(]*-?[1-9]/,
      /exited with (a )?non-?zero/,
    ),
    ...application,
    happened: "The program ended with an error",
    advice: "Look at the task's log; a program that wants another try ends with exit code 75.",
  },
];
