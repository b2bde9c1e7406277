import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const EXTENSIONS = ["", ".js", ".mjs", ".cjs"];

/** Thrown during init; the name becomes the errorType that the caller of the function sees. */
class RuntimeError extends Error {
  constructor(name, message, cause) {
    super(message, { cause });
    this.name = `Runtime.${name}`;
  }
}

/**
 * Finds the function that `_HANDLER` names: path/to/file.export, the export itself may be nested with dots.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 * @param {string} taskRoot
 * @param {string} name
 */
export async function loadHandler(taskRoot, name) {
  const [moduleName = "", ...exportPath] = basename(name).split(".");
  if (moduleName === "" || exportPath.length === 0)
    throw new RuntimeError("MalformedHandlerName", "Bad handler");
  refuseResponseStreaming();
  const found = await importModule(taskRoot, join(dirname(name), moduleName));
  const handler = pick(found, exportPath) ?? pick(found.default, exportPath);
  if (handler === undefined)
    throw new RuntimeError("HandlerNotFound", `${name} is undefined or not exported`);
  if (typeof handler !== "function") throw new RuntimeError("HandlerNotFound", `${name} is not a function`);
  return handler.length < 3 ? handler : withCallback(handler);
}

async function importModule(taskRoot, modulePath) {
  const path = resolve(taskRoot, modulePath);
  const file = EXTENSIONS.map((extension) => path + extension).find((candidate) => existsSync(candidate));
  if (file === undefined)
    throw new RuntimeError("ImportModuleError", `Error: Cannot find module '${basename(modulePath)}'`);
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    if (error instanceof SyntaxError) throw new RuntimeError("UserCodeSyntaxError", String(error), error);
    if (["MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND"].includes(error?.code)) {
      throw new RuntimeError("ImportModuleError", String(error), error);
    }
    throw error;
  }
}

function pick(namespace, exportPath) {
  return exportPath.reduce((value, name) => value?.[name], namespace);
}

/** Node 24's runtime has no callbacks any more; Node 22's has. */
function withCallback(handler) {
  if (process.env.AWS_EXECUTION_ENV !== "AWS_Lambda_nodejs22.x") {
    throw new RuntimeError(
      "CallbackHandlerDeprecated",
      "AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later.",
    );
  }
  return (event, context) =>
    new Promise((resolvePromise, reject) => {
      const answer = handler(event, context, (error, result) =>
        error === null || error === undefined ? resolvePromise(result) : reject(error),
      );
      if (typeof answer?.then === "function") answer.then(resolvePromise, reject);
    });
}

function refuseResponseStreaming() {
  globalThis.awslambda = {
    streamifyResponse() {
      throw new RuntimeError(
        "NotImplemented",
        "The local cloud does not implement response streaming (awslambda.streamifyResponse).",
      );
    },
  };
}
