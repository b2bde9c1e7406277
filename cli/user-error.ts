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
  const sentence = awsSentence(error);
  if (sentence !== undefined) {
    console.error(sentence);
    process.exit(1);
  }
  console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exit(1);
}

/** What an SDK error means to the person who typed the command; undefined for errors of our own making. */
function awsSentence(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as NodeJS.ErrnoException;
  if (error.name === "CredentialsProviderError") {
    return "No AWS credentials were found; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.";
  }
  if (code === "ECONNREFUSED" || code === "ENOTFOUND") {
    return `Nothing answers at the endpoint (${error.message}); check --endpoint-url, or start the local cloud with: npm start`;
  }
  return "$metadata" in error ? `AWS refused: ${error.name}: ${error.message}` : undefined;
}
