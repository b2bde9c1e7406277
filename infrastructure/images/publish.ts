import type { ECRClient } from "@aws-sdk/client-ecr";
import type { ContainerEngine } from "#local/containers/engine.ts";
import { buildImage } from "./build.ts";
import { openPush } from "./push.ts";
import { ensureRepository, hasImage } from "./repositories.ts";
import type { TaskBuild } from "./task-builds.ts";

export interface Publishing {
  readonly ecr: ECRClient;
  readonly stage: string;
  /** Asked only where there is something to build. @throws NoEngineError */
  readonly findEngine: () => Promise<ContainerEngine>;
  /** Takes what is going on, a line at a time. */
  readonly report: (line: string) => void;
}

export interface Published extends TaskBuild {
  /** Repository and tag, as an engine pulls it. */
  readonly reference: string;
  /** pushed now, or there since an earlier deploy. */
  readonly was: "pushed" | "there";
}

/**
 * Sees to it that the registry has every image: makes the repositories that are missing, builds what is new, and pushes it. All
 * are built before the first is pushed.
 */
export async function publishImages(builds: readonly TaskBuild[], with_: Publishing): Promise<Published[]> {
  const { ecr, stage, report } = with_;
  const published: Published[] = [];
  for (const build of builds) {
    const reference = `${await ensureRepository(ecr, build.repository, stage)}:${build.tag}`;
    const there = await hasImage(ecr, build.repository, build.tag);
    published.push({ ...build, reference, was: there ? "there" : "pushed" });
  }
  const missing = published.filter(({ was }) => was === "pushed");
  if (missing.length === 0) return published;

  const engine = await with_.findEngine();
  for (const build of missing) {
    const what = `Building the image of task ${build.task} (${build.architecture}) with ${engine.name}`;
    report(what);
    await buildImage(engine, build, build.reference, (line) => report(`${what}: ${line}`));
  }
  await using registry = await openPush(engine, ecr);
  for (const build of missing) {
    const what = `Pushing ${build.repository}:${build.tag}`;
    report(what);
    await registry.push(build.reference, (line) => report(`${what}: ${line}`));
  }
  return published;
}
