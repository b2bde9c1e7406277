/**
 * An error as the Runtime API takes it.
 * @returns {{errorType: string, errorMessage: string, trace: string[]}}
 */
export function describeError(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return {
    errorType: error.name,
    errorMessage: error.message,
    trace: (error.stack ?? "").split("\n"),
  };
}
