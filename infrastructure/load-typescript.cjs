"use strict";

/** The framework loads CommonJS; our parts are TypeScript modules, which Node runs by stripping their types. */
module.exports = function loadTypeScript(path) {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 22 || (major === 22 && minor < 18)) {
    const error = new Error(
      `Slipway is TypeScript that Node 24 runs, and this is Node ${process.versions.node}; run "npx serverless" in the clone after "npm ci", which takes the Node that the clone brings with it.`,
    );
    error.name = "OldNodeError";
    error.stack = error.message;
    throw error;
  }
  return require(path);
};
