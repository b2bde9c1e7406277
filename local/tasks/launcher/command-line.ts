import { basename } from "node:path";
import type { ContainerDefinition } from "../model/definition.ts";
import type { ContainerOverride } from "../model/shapes.ts";
import type { FolderImage } from "./image.ts";

const inits = ["tini", "tini-static", "dumb-init", "docker-init", "catatonit"];

/**
 * The words of the process: the image's ENTRYPOINT and CMD as the task definition and the run override them
 * (a new entry point forgets the image's CMD, https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact).
 * Paths inside the image are turned into paths of the folder that it would be built from, and an init such as tini is
 * left out: it belongs to the image and is rarely on a laptop, and signals go to the whole process group here.
 */
export function commandLine(
  image: FolderImage,
  container: ContainerDefinition,
  override: ContainerOverride | undefined,
): string[] {
  const { config } = image;
  const entryPoint = nonEmpty(container.entryPoint);
  const command = nonEmpty(override?.command) ?? nonEmpty(container.command);
  const words =
    entryPoint === undefined
      ? [...(config.entryPoint ?? []), ...(command ?? config.command ?? [])]
      : [...entryPoint, ...(command ?? [])];
  const workingDirectory = container.workingDirectory ?? config.workingDirectory;
  return withoutInit(words).map((word) => inFolder(word, workingDirectory, image.folder));
}

const nonEmpty = (words: readonly string[] | undefined): readonly string[] | undefined =>
  words === undefined || words.length === 0 ? undefined : words;

function withoutInit(words: readonly string[]): readonly string[] {
  if (words[0] === undefined || !inits.includes(basename(words[0]))) return words;
  const first = words.findIndex((word, index) => index > 0 && !word.startsWith("-"));
  return first < 0 ? [] : words.slice(first);
}

function inFolder(word: string, workingDirectory: string, folder: string): string {
  const root = workingDirectory.replace(/\/+$/, "");
  if (root === "") return word;
  return word === root || word.startsWith(`${root}/`) ? folder + word.slice(root.length) : word;
}
