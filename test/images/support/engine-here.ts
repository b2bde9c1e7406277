import { findEngine, NoEngineError, type ContainerEngine } from "#local/containers/engine.ts";

/** What the tasks' Dockerfiles are built on. */
const BASE = "docker.io/library/node:24-bookworm-slim";

/**
 * The engine of this machine, if it has the tasks' base image or can fetch it. Where not, what needs it is skipped, loudly; CI asks
 * for it with SLIPWAY_TEST_ENGINE=required, and then its absence is a failure.
 */
export async function engineHere(): Promise<ContainerEngine | undefined> {
  try {
    const engine = await findEngine();
    await engine
      .call({ args: ["image", "inspect", BASE], timeoutMs: 60_000 })
      .catch(() => engine.call({ args: ["pull", BASE], timeoutMs: 180_000 }));
    return engine;
  } catch (error) {
    if (process.env["SLIPWAY_TEST_ENGINE"] === "required") throw error;
    const why = error instanceof NoEngineError ? error.message : `${BASE}: ${(error as Error).message}`;
    process.stderr.write(`\n*** The tasks' images are NOT built in this run: ${why} ***\n\n`);
    return undefined;
  }
}
