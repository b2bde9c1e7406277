import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { EverythingFolder } from "../golden/support/everything-folder.ts";
import { refusalOf } from "./support/package-service.ts";

/** What a user has got wrong is told in its own words: test/unit/pipelines has all of them, here is how they come out. */

const MINUTES = 60_000;

let folder: EverythingFolder;
beforeAll(async () => {
  folder = await EverythingFolder.make();
}, MINUTES);
afterAll(() => folder[Symbol.asyncDispose]());

const refusal = async (entry: string, ...args: string[]): Promise<string[]> => {
  const source = `import { definePipelines } from "#core/pipelines/define-pipelines.ts";\nexport const pipelines = definePipelines({ images: { source: { type: "upload", prefix: "images/" }, ${entry} } });\n`;
  await writeFile(join(folder.path, "pipelines.ts"), source);
  const said = await refusalOf(["package", ...args], folder);
  // Standard error comes behind standard output here, and at a terminal before it.
  const [, words = said] = said.split("Error:\n");
  return words.split("\n").filter((line) => line !== "" && !/^(?:Packaging|Environment:|Docs:) /.test(line));
};

it.each<[what: string, entry: string, args: string[], sentences: string[]]>([
  [
    "an entry of pipelines.ts, one line for each mistake",
    'task: "media", architecture: "arm", guard: {}, netwrk: "x"',
    [],
    [
      expect.stringMatching(/^Pipeline "images": architecture /) as unknown as string,
      expect.stringMatching(/^Pipeline "images": the entry has no option "netwrk"/) as unknown as string,
    ],
  ],
  [
    "a size above the stage's cap",
    'task: "media", size: { cpu: 16384, memoryMiB: 32768 }',
    [],
    [expect.stringMatching(/^Pipeline "images": size has 16 vCPU/) as unknown as string],
  ],
  [
    "a folder that is not there",
    'task: "meida"',
    [],
    ['Pipeline "images": there is no folder tasks/meida; make it, or name in "task" one that is there.'],
  ],
  [
    "a Dockerfile that is not there",
    'task: "media", build: { dockerfile: "Dockerfile.slim" }',
    [],
    [
      'Pipeline "images": there is no file Dockerfile.slim, from which the image of task media is built; make it, or name in "build.dockerfile" one that is there.',
    ],
  ],
  [
    "a network that the stage does not name",
    'task: "media", network: "existing"',
    [],
    [
      'A pipeline has network "existing", and the stage\'s file under infrastructure/stages/ has no existingNetwork; add it with vpcId, subnetIds and publicAddress.',
    ],
  ],
  [
    "a setting",
    'task: "media"',
    ["--param", "images=all"],
    [expect.stringMatching(/^infrastructure\/stages: imagesFrom: Invalid option/) as unknown as string],
  ],
  [
    "the name of a stage",
    'task: "media"',
    ["--stage", "Dev"],
    [
      'Stage "Dev": the name must begin with a lower-case letter and have at most 24 lower-case letters, digits and hyphens; choose another.',
    ],
  ],
])(
  "packaging refuses %s",
  async (_what, entry, args, sentences) => {
    expect(await refusal(entry, ...args)).toEqual(sentences);
  },
  2 * MINUTES,
);
