import { type Command } from "commander";
import { text as readAll } from "node:stream/consumers";
import { z } from "zod";
import { explainText } from "#core/classification/explain-text.ts";
import { printJson } from "../command-context.ts";
import { printable } from "../table.ts";
import { UserError } from "../user-error.ts";

/** What `explain --json` reads on stdin. */
const Questions = z.array(
  z.object({
    id: z.string(),
    where: z.enum(["stoppedReason", "container.reason", "runTask.failure", "runTask.exception"]),
    text: z.string(),
    stopCode: z.string().nullish(),
    exitCode: z.number().int().nullish(),
    errorName: z.string().nullish(),
  }),
);

/** `explain "TEXT"`: what a stop reason means and what to do about it. */
export function addExplainCommand(program: Command): void {
  program
    .command("explain [text]")
    .description(
      "Say what a stop reason means. With --json, read an array of {id, where, text, ...} on stdin.",
    )
    .option(
      "--json",
      "read questions on stdin and print one JSON document: {id, class, retry, advice} for each",
    )
    .action(async (text: string | undefined, options: { json?: boolean }) => {
      if (options.json === true) return printJson(answers(await readAll(process.stdin)));
      if (text === undefined)
        throw new UserError('Name the text to explain, e.g.: npx slipway explain "OutOfMemoryError"', 2);
      const verdict = explainText({ where: "stoppedReason", text });
      console.log(
        `${printable(verdict.reason)}\nClass: ${verdict.class}\nRetry: ${verdict.retry}\nTo do: ${verdict.advice}`,
      );
    });
}

function answers(input: string): { id: string; class: string; retry: string; advice: string }[] {
  const parsed = Questions.safeParse(parse(input));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new UserError(
      `The input is not an array of questions: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`,
      2,
    );
  }
  return parsed.data.map(({ id, where, text, stopCode, exitCode, errorName }) => {
    const verdict = explainText({
      where,
      text,
      stopCode: stopCode ?? undefined,
      exitCode: exitCode ?? undefined,
      errorName: errorName ?? undefined,
    });
    return { id, class: verdict.class, retry: verdict.retry, advice: verdict.advice };
  });
}

function parse(input: string): unknown {
  try {
    return JSON.parse(input);
  } catch (error) {
    throw new UserError(
      `The input is not JSON: ${error instanceof Error ? error.message : String(error)}`,
      2,
    );
  }
}
