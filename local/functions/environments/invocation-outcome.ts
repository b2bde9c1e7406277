import type { ProcessExit } from "./runtime-process.ts";

/** What an invocation came to. A failed one has `functionError`, and its payload is an error document. */
export interface InvocationOutcome {
  readonly requestId: string;
  readonly executedVersion: string;
  readonly payload: Buffer;
  readonly functionError?: "Unhandled";
  /** The last 4 KB of the log. */
  readonly logTail: string;
}

/** An outcome before the environment has added what all outcomes have. */
export interface BareOutcome {
  readonly payload: Buffer;
  readonly functionError?: "Unhandled";
  /** What the REPORT line says beside the figures. */
  readonly status?: string;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB, and what Lambda allows above it */
export const TOO_LARGE_BYTES = 6_291_556;

export function failure(document: Buffer): BareOutcome {
  return { payload: document, functionError: "Unhandled" };
}

export function initFailure(document: Buffer): BareOutcome {
  const { errorType } = JSON.parse(document.toString("utf8")) as { errorType?: string };
  return { ...failure(document), status: `Status: error\tError Type: ${errorType ?? "Unknown"}` };
}

export function tooLarge(): BareOutcome {
  return failed(
    "Function.ResponseSizeTooLarge",
    `Response payload size exceeded maximum allowed payload size (${TOO_LARGE_BYTES} bytes).`,
  );
}

export function timedOut(requestId: string, seconds: number): BareOutcome {
  const message = `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`;
  return { ...failed("Sandbox.Timedout", message), status: "Status: timeout" };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/runtimes-logs-api.html and Lambda's own log lines */
export function describeExit(
  exit: ProcessExit,
  requestId: string,
): BareOutcome & { readonly message: string } {
  const message = exitReason(exit);
  return {
    ...failed("Runtime.ExitError", `RequestId: ${requestId} Error: ${message}`),
    status: "Status: error\tError Type: Runtime.ExitError",
    message,
  };
}

const SIGNALS: Readonly<Record<string, string>> = {
  SIGKILL: "killed",
  SIGABRT: "aborted",
  SIGSEGV: "segmentation fault",
  SIGTERM: "terminated",
};

function exitReason({ code, signal }: ProcessExit): string {
  if (signal !== null) return `Runtime exited with error: signal: ${SIGNALS[signal] ?? signal.toLowerCase()}`;
  return code === 0
    ? "Runtime exited without providing a reason"
    : `Runtime exited with error: exit status ${code}`;
}

function failed(errorType: string, errorMessage: string): BareOutcome {
  return failure(Buffer.from(JSON.stringify({ errorType, errorMessage }), "utf8"));
}
