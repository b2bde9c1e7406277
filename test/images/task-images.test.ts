import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { DescribeImagesCommand, DescribeRepositoriesCommand, ECRClient } from "@aws-sdk/client-ecr";
import type { ContainerEngine } from "#local/containers/engine.ts";
import { plainHttpFlags } from "#local/containers/engine.ts";
import { startCloud, type Cloud } from "#local/cloud.ts";
import { onArchitecture } from "#infrastructure/images/machine-architecture.ts";
import { openPush } from "#infrastructure/images/push.ts";
import { publishImages, type Published } from "#infrastructure/images/publish.ts";
import { taskBuilds } from "#infrastructure/images/task-builds.ts";
import { pipelines } from "#pipelines";
import { engineHere } from "./support/engine-here.ts";

const MINUTES = 60_000;
const stage = "images";

const engine = await engineHere();
const describeWithEngine = engine === undefined ? describe.skip : describe;

describeWithEngine("the tasks' images, built and pushed as a deploy does", () => {
  const podman = engine as ContainerEngine;
  let cloud: Cloud;
  let dataDir = "";
  let ecr: ECRClient;
  const lines: string[] = [];
  const published: Published[] = [];

  const publish = (which: "machine" | "pipeline"): Promise<Published[]> =>
    publishImages(taskBuilds(onArchitecture(pipelines, which), { stage, imagesFrom: "registry" }), {
      ecr,
      stage,
      findEngine: async () => podman,
      report: (line) => lines.push(line),
    });

  /** Pulls by digest into an engine that has forgotten the image, and runs it as Fargate would. */
  const run = (reference: string, ...command: string[]): Promise<string> =>
    podman.call({
      args: ["run", "--rm", "--read-only", "--user", "1000", "--cap-drop", "all", "--network", "none"].concat(
        [
          "--security-opt",
          "no-new-privileges",
          // Podman alone would make /tmp writable by itself.
          ...(podman.name === "podman" ? ["--read-only-tmpfs=false"] : []),
          reference,
        ],
        command,
      ),
      timeoutMs: MINUTES,
    });

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "slipway-images-"));
    cloud = await startCloud({ dataDir });
    ecr = new ECRClient({
      endpoint: cloud.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    });
    published.push(...(await publish("machine")));
  }, 20 * MINUTES);

  afterAll(async () => {
    for (const { reference } of published)
      await podman.call({ args: ["rmi", "--force", reference], timeoutMs: MINUTES }).catch(() => undefined);
    await cloud.stop();
    await rm(dataDir, { recursive: true, force: true });
  }, MINUTES);

  it("are one of each task, under the tag of its sources", () => {
    const tasks = new Set(Object.values(pipelines).flatMap(({ task }) => task ?? []));
    expect(published.map(({ task, was }) => [task, was])).toEqual([...tasks].map((task) => [task, "pushed"]));
  });

  it("lie in repositories whose tags never move, and whose pushes are scanned", async () => {
    const { repositories = [] } = await ecr.send(new DescribeRepositoriesCommand({}));

    expect(repositories).toHaveLength(published.length);
    for (const repository of repositories) {
      expect(repository).toMatchObject({
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
      });
    }
  });

  it(
    "come back from the registry by digest and run as nobody in particular, on a root that cannot be written",
    async () => {
      const flags = new URL(cloud.endpoint).protocol === "http:" ? plainHttpFlags(podman) : [];
      await using _login = await openPush(podman, ecr);
      for (const { reference, repository, tag } of published) {
        const { imageDetails } = await ecr.send(
          new DescribeImagesCommand({ repositoryName: repository, imageIds: [{ imageTag: tag }] }),
        );
        const byDigest = `${reference.slice(0, reference.lastIndexOf(":"))}@${imageDetails?.[0]?.imageDigest}`;
        await podman.call({ args: ["rmi", "--force", reference], timeoutMs: MINUTES });
        await podman.call({ args: ["pull", ...flags, byDigest], timeoutMs: 5 * MINUTES });

        const probe = `
        import { writeFileSync } from "node:fs";
        const write = (path) => { try { writeFileSync(path, "x"); return "written"; } catch ({ code }) { return code; } };
        console.log(JSON.stringify({ uid: process.getuid(), root: write("/app/x"), tmp: write("/tmp/x") }));`;
        const answer = await run(byDigest, "node", "--input-type=module", "-e", probe);
        expect(JSON.parse(answer)).toEqual({ uid: 1000, root: "EROFS", tmp: "written" });
        // The program itself comes up, and says what it lacks; a run and a worker lack different things, the table both.
        await expect(run(byDigest)).rejects.toThrow(/The task's environment is wrong: .*SLIPWAY_JOBS_TABLE/);
      }
    },
    10 * MINUTES,
  );

  it("are neither built nor pushed again while their sources are the same", async () => {
    lines.length = 0;

    const again = await publish("machine");

    expect(again.map(({ was }) => was)).toEqual(published.map(() => "there"));
    expect(lines).toEqual([]);
  });

  it(
    "are built for ARM64 on a machine of another architecture, with ARM64's native parts, without running any of it",
    async () => {
      const [media] = taskBuilds(pipelines, { stage: `${stage}-arm`, imagesFrom: "registry" });
      if (media === undefined) throw new Error("pipelines.ts has no task");

      const [arm] = await publishImages([media], {
        ecr,
        stage,
        findEngine: async () => podman,
        report: (line) => lines.push(line),
      });
      published.push(...(arm === undefined ? [] : [arm]));

      const inspected = await podman.call({
        args: ["image", "inspect", "--format", "{{.Architecture}}", arm?.reference ?? ""],
        timeoutMs: MINUTES,
      });
      expect(inspected.trim()).toBe("arm64");
      const files = await podman.call({
        args: [
          "run",
          "--rm",
          "--network",
          "none",
          "--mount",
          `type=image,source=${arm?.reference},destination=/arm`,
        ].concat(["docker.io/library/node:24-bookworm-slim", "ls", "/arm/app/node_modules/@img"]),
        timeoutMs: MINUTES,
      });
      expect(files.split("\n")).toContain("sharp-linux-arm64");
      expect(files).not.toContain("x64");
    },
    10 * MINUTES,
  );
});
