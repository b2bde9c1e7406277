/** @type {import("jest").Config} */
export default {
  testEnvironment: "node",
  roots: ["<rootDir>/test"],
  testMatch: ["**/*.test.ts"],
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2024" }, module: { type: "es6" } },
    ],
  },
  // A pure function needs no seconds; a deploy into the local cloud needs some, and many on a loaded machine. Nothing may hang for ever.
  testTimeout: 180_000,
  maxWorkers: 2,
};
