import { ECRClient } from "@aws-sdk/client-ecr";
import { findEngine, NoEngineError } from "#local/containers/engine.ts";
import { publishImages } from "../images/publish.ts";
import type { TaskBuild } from "../images/task-builds.ts";
import type { PluginTools } from "./framework.ts";

/** Before the stack changes: a task definition must never name an image that is not there yet. */
export async function publishTaskImages(
  builds: readonly TaskBuild[],
  deploy: { readonly region: string; readonly stage: string; readonly tools: PluginTools },
): Promise<void> {
  if (builds.length === 0) return;
  const progress = deploy.tools.progress.get("slipway-images");
  try {
    const published = await publishImages(builds, {
      ecr: new ECRClient({ region: deploy.region }),
      stage: deploy.stage,
      findEngine: () => findEngine().catch(explainMissingEngine),
      report: (line) => progress.notice(line),
    });
    for (const { reference, architecture, was } of published) {
      if (was === "pushed") deploy.tools.log.notice(`Pushed ${reference} (${architecture})`);
    }
  } finally {
    progress.remove();
  }
}

function explainMissingEngine(error: unknown): never {
  if (!(error instanceof NoEngineError)) throw error;
  throw new NoEngineError(
    `${error.message} To deploy without building, with the images pushed by somebody else: --param "images=none".`,
    { cause: error },
  );
}
