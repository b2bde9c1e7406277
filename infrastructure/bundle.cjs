"use strict";

/** Zod's messages in 50 languages are a fifth of a function; ours are English. */
const onlyEnglish = {
  name: "only-english",
  setup(build) {
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
      loader: "js",
    }));
  },
};

/** One ES module a function, the SDK in it: what is bundled and tree-shaken starts faster than what the runtime brings. */
module.exports = () => ({
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node24",
  outputFileExtension: ".mjs",
  mainFields: ["module", "main"],
  minify: true,
  // Classes keep their names in logs.
  keepNames: true,
  legalComments: "none",
  exclude: [],
  plugins: [onlyEnglish],
  concurrency: 2,
  zipConcurrency: 2,
  // Two deploys of one clone may run at once.
  outputWorkFolder: `.esbuild/${process.pid}`,
});
