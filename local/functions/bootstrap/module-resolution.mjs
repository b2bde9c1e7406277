import { registerHooks } from "node:module";
import { sep } from "node:path";
import { pathToFileURL } from "node:url";

/** What Lambda's Node runtimes bring along. https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html */
const FROM_THE_RUNTIME = /^@(?:aws-sdk|smithy)\//;

/**
 * A function sees its own package and the SDK of the runtime, and no node_modules of the folders above, which in AWS
 * are not there: a dependency that was left out of the package has to be missed here too.
 * @param {string} taskRoot
 */
export function restrictModules(taskRoot) {
  const inside = pathToFileURL(taskRoot + sep).href;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (context.parentURL?.startsWith(inside) !== true) return nextResolve(specifier, context);
      const found = attempt(() => nextResolve(specifier, context));
      if (found.url?.startsWith(inside) === true || found.url?.startsWith("node:") === true) return found;
      if (FROM_THE_RUNTIME.test(specifier))
        return nextResolve(specifier, { ...context, parentURL: import.meta.url });
      if (found.error !== undefined) throw found.error;
      if (isPath(specifier)) return found;
      throw Object.assign(
        new Error(`Cannot find package '${specifier}' imported from ${context.parentURL}`),
        {
          code: "ERR_MODULE_NOT_FOUND",
        },
      );
    },
  });
}

function attempt(resolve) {
  try {
    return resolve();
  } catch (error) {
    return { error };
  }
}

function isPath(specifier) {
  return /^(?:\.{0,2}\/|file:|data:|node:)/.test(specifier);
}
