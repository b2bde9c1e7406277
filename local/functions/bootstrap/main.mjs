/**
 * The program that runs inside an execution environment, beside the user's code: it loads the handler and then asks the
 * Runtime API for one invocation after the other. It is plain JavaScript because stripping types would cost every
 * cold start 40 ms and 18 MB of the function's memory.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
 */
import { Socket } from "node:net";
import { patchConsole, setRequestId } from "./console.mjs";
import { invocationContext } from "./context.mjs";
import { describeError } from "./error-document.mjs";
import { loadHandler } from "./handler.mjs";
import { flushLines } from "./output.mjs";
import { restrictModules } from "./module-resolution.mjs";
import { RuntimeApi } from "./runtime-api.mjs";

const LIFELINE_FD = 3;

const api = new RuntimeApi(process.env.AWS_LAMBDA_RUNTIME_API ?? "");
/** @type {string | undefined} */
let currentRequestId;

// The other end of this pipe is the cloud: when it is gone, whichever way, nobody will ever ask for this process again.
new Socket({ fd: LIFELINE_FD }).on("error", leave).on("close", leave).resume().unref();
process.on("uncaughtException", (error) => void fail("Uncaught Exception", error, 129));
process.on("unhandledRejection", (reason) => {
  const rejection = new Error(
    reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason),
    { cause: reason },
  );
  rejection.name = "Runtime.UnhandledPromiseRejection";
  if (reason instanceof Error && reason.stack !== undefined) rejection.stack = reason.stack;
  void fail("Unhandled Promise Rejection", rejection, 128);
});

patchConsole();
restrictModules(process.env.LAMBDA_TASK_ROOT ?? "");
await initialize();

async function initialize() {
  let handler;
  try {
    handler = await loadHandler(process.env.LAMBDA_TASK_ROOT ?? "", process.env._HANDLER ?? "");
  } catch (error) {
    console.error("Uncaught Exception", describeError(error));
    await flushLines("init");
    await api.initializationFailed(describeError(error));
    process.exit(1);
  }
  await serve(handler);
}

/** @param {(event: unknown, context: object) => unknown} handler */
async function serve(handler) {
  for (;;) {
    const invocation = await api.next();
    currentRequestId = invocation.requestId;
    setRequestId(currentRequestId);
    try {
      const result = await handler(JSON.parse(invocation.body), invocationContext(invocation));
      const body = JSON.stringify(result) ?? "null";
      await flushLines(invocation.requestId);
      currentRequestId = undefined;
      await api.respond(invocation.requestId, body);
    } catch (error) {
      if (currentRequestId === undefined) throw error;
      console.error("Invoke Error", describeError(error));
      await flushLines(invocation.requestId);
      currentRequestId = undefined;
      await api.invocationFailed(invocation.requestId, describeError(error));
    }
  }
}

/** An error that no handler awaited ends the whole environment. */
async function fail(label, error, exitCode) {
  console.error(label, describeError(error));
  if (currentRequestId !== undefined) {
    await flushLines(currentRequestId);
    await api.invocationFailed(currentRequestId, describeError(error)).catch(() => undefined);
  }
  process.exit(exitCode);
}

function leave() {
  process.exit(0);
}
