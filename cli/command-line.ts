import { Command, CommanderError, InvalidArgumentError } from "commander";
import { exitWith } from "./user-error.ts";

/** A command whose mistakes are told by their exit code: 2 where it was typed wrong, 1 where it went wrong. */
export function commandLine(name: string): Command {
  return new Command(name).exitOverride();
}

export async function runCommandLine(command: Command): Promise<void> {
  await command.parseAsync().catch((error: unknown) => {
    if (!(error instanceof CommanderError)) exitWith(error);
    // Commander has said already what is wrong, or printed the help that was asked for.
    process.exit(error.exitCode === 0 ? 0 : 2);
  });
}

/** For an option that counts something. */
export function countFromOne(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError("It takes a whole number from 1.");
  return value;
}
