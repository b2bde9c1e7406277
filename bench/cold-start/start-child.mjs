// One cold start: a process that imports a function's module and calls its handler once. It imports nothing else, so that nothing is
// compiled before the module is.
const [, , modulePath, event] = process.argv;
const started = performance.now();
const { handler } = await import(modulePath);
const imported = performance.now();
const answer = await handler(JSON.parse(event), {
  awsRequestId: "00000000-0000-4000-8000-000000000000",
  functionName: "bench",
  functionVersion: "$LATEST",
  invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:bench",
  memoryLimitInMB: "512",
  getRemainingTimeInMillis: () => 30_000,
});
const called = performance.now();
const { user, system } = process.cpuUsage();
process.send({
  nodeMs: started,
  importMs: imported - started,
  callMs: called - imported,
  cpuMs: (user + system) / 1000,
  failures: answer?.batchItemFailures?.length ?? 0,
});
process.disconnect();
