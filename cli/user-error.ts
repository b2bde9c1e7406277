/** What the person at the terminal did or met, in one sentence that says what to do; printed without a stack, exit code 1. */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Ends the process as an error deserves: our own sentences bare, everything else whole. */
export function exitWith(error: unknown): never {
  if (error instanceof UserError) {
    console.error(error.message);
    process.exit(error.exitCode);
  }
  console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exit(1);
}
