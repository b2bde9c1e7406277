/**
 * Where arrows may point: events <- core <- flow <- adapters, runtime <- functions, tasks; local/ knows AWS and not us.
 * @type {import("dependency-cruiser").IConfiguration}
 */
module.exports = {
  forbidden: [
    {
      name: "events-know-nobody",
      comment: "The published language depends on nothing of ours.",
      severity: "error",
      from: { path: "^events/" },
      to: { path: "^(core|flow|adapters|runtime|functions|tasks|infrastructure|local|cli)/" },
    },
    {
      name: "core-is-pure",
      comment: "The domain knows nobody but the published language.",
      severity: "error",
      from: { path: "^core/" },
      to: {
        path: "^(flow|adapters|runtime|functions|tasks|infrastructure|local|cli)/|node_modules/(?!zod/)",
      },
    },
    {
      name: "core-does-no-io",
      comment:
        "Of Node the domain uses crypto, for hashes; a type of another module is fine, the module is not.",
      severity: "error",
      from: { path: "^(core|flow)/" },
      to: { dependencyTypes: ["core"], path: "^(node:)?(?!crypto$)", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "flow-works-over-ports",
      comment: "The steps an event takes know the domain and its ports, never a technology.",
      severity: "error",
      from: { path: "^flow/" },
      to: { path: "^(adapters|runtime|functions|tasks|infrastructure|local|cli)/|node_modules/(?!zod/)" },
    },
    {
      name: "adapters-hold-no-rules",
      severity: "error",
      from: { path: "^adapters/" },
      to: { path: "^(flow|runtime|functions|tasks|infrastructure|local|cli)/" },
    },
    {
      name: "runtime-is-below-functions-and-tasks",
      severity: "error",
      from: { path: "^runtime/" },
      to: { path: "^(functions|tasks|infrastructure|local|cli)/" },
    },
    {
      name: "functions-and-tasks-stand-alone",
      comment: "A function knows no other function, a task no other task.",
      severity: "error",
      from: { path: "^(functions|tasks)/([^/]+)/" },
      to: { path: "^(functions|tasks|infrastructure|local|cli)/", pathNot: "^$1/$2/" },
    },
    {
      name: "local-knows-aws-and-not-us",
      comment: "The application is deployed into the local cloud; the cloud imports none of it.",
      severity: "error",
      from: { path: "^local/" },
      to: {
        path: "^(events|core|flow|adapters|runtime|functions|tasks|infrastructure|cli)/|^pipelines\\.ts$",
      },
    },
    {
      name: "nobody-imports-tests",
      comment: "Only benchmarks: the burst runs in the simulation's world.",
      severity: "error",
      from: { pathNot: "^(test|bench)/" },
      to: { path: "^test/" },
    },
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(node_modules|\\.serverless|\\.esbuild|\\.slipway|\\.build|coverage)/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
