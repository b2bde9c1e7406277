import { type Command, InvalidArgumentError, Option } from "commander";
import { text as readAll } from "node:stream/consumers";
import { z } from "zod";
import { type SeenText, TEXT_PLACES, explainText } from "#core/classification/explain-text.ts";
import type { Verdict } from "#core/classification/failure.ts";
import { printJson } from "../command-context.ts";
import { printable } from "../table.ts";
import { UserError } from "../user-error.ts";

const known = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);

/** What `explain --json` reads on stdin; null means that it is not known. */
const Questions = z.array(
  z.object({
    id: z.string(),
    where: z.enum(TEXT_PLACES),
    text: z.string(),
    stopCode: known(z.string()),
    exitCode: known(z.int()),
    errorName: known(z.string()),
    containers: known(
      z.array(z.object({ name: z.string(), exitCode: known(z.int()), reason: known(z.string()) })),
    ),
    mainContainer: known(z.string()),
    container: known(z.string()),
  }),
);

interface ExplainOptions {
  readonly where?: SeenText["where"];
  readonly stopCode?: string;
  readonly exitCode?: number;
  readonly errorName?: string;
  readonly json?: boolean;
}

/** `explain "TEXT"`: what a stop reason means and what to do about it. */
export function addExplainCommand(program: Command): void {
  program
    .command("explain [text]")
    .description("Say what a text of ECS means, what to do about it, and whether Slipway tries again.")
    .addOption(
      new Option("--where <place>", "where the text stood (default: stoppedReason)").choices(TEXT_PLACES),
    )
    .option("--stop-code <code>", "the task's stopCode, e.g. SpotInterruption")
    .option("--exit-code <number>", "the main container's exit code", wholeNumber)
    .option("--error-name <name>", "the name of RunTask's exception, e.g. ClientException")
    .option(
      "--json",
      "read an array of {id, where, text, stopCode, exitCode, errorName, containers, mainContainer, container} on stdin, answer in JSON",
    )
    .action(async (text: string | undefined, options: ExplainOptions) => {
      if (options.json === true) return answerInJson(text);
      console.log(inWords(explainText(seenText(text, options))));
    });
}

function seenText(
  text: string | undefined,
  { where, stopCode, exitCode, errorName }: ExplainOptions,
): SeenText {
  if (text === undefined && stopCode === undefined && exitCode === undefined && errorName === undefined) {
    throw new UserError('Name the text to explain, e.g.: npx slipway explain "OutOfMemoryError"', 2);
  }
  const place = where ?? (errorName === undefined ? "stoppedReason" : "runTask.exception");
  return { where: place, text: text ?? "", stopCode, exitCode, errorName };
}

function inWords(verdict: Verdict): string {
  return [
    `What happened:  ${printable(verdict.reason)}`,
    `What to do:     ${verdict.advice}`,
    `Class:          ${verdict.class}`,
    `Tried again:    ${retryInWords(verdict)}`,
  ].join("\n");
}

function retryInWords({ class: failureClass, retry }: Verdict): string {
  if (failureClass === "unknown" && retry === "yes") return "once more; then a person is told";
  const words: Record<Verdict["retry"], string> = {
    yes: "yes, with growing pauses, as often as the pipeline's retry allows",
    later: "yes, after a longer pause",
    bigger: "yes, with more memory, up to the pipeline's ceiling",
    no: "no",
  };
  return words[retry];
}

async function answerInJson(text: string | undefined): Promise<void> {
  if (text !== undefined)
    throw new UserError("With --json the texts come on stdin; leave TEXT out, or --json.", 2);
  if (process.stdin.isTTY) {
    throw new UserError(
      "With --json the texts come on stdin, e.g.: npx slipway explain --json < texts.json",
      2,
    );
  }
  const questions = questionsIn(await readAll(process.stdin));
  printJson(
    questions.map(({ id, ...seen }) => {
      const { class: failureClass, retry, advice } = explainText(seen);
      return { id, class: failureClass, retry, advice };
    }),
  );
}

function questionsIn(input: string): z.infer<typeof Questions> {
  const parsed = Questions.safeParse(parse(input));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place =
    issue === undefined || issue.path.length === 0 ? "The input" : `The input's ${issue.path.join(".")}`;
  throw new UserError(`${place} is not as it should be: ${issue?.message ?? "it does not parse"}`, 2);
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

function wholeNumber(value: string): number {
  if (!/^-?\d+$/.test(value)) throw new InvalidArgumentError("It has to be a whole number.");
  return Number(value);
}
