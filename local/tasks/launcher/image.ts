import { readFileSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ImagePullError } from "./launcher.ts";
import { readDockerfile, type ImageConfig } from "./dockerfile.ts";

export interface FolderImage {
  readonly folder: string;
  readonly config: ImageConfig;
}

/**
 * On a laptop an image is the absolute path (or file: URL) of the folder that it would be built from.
 * @throws ImagePullError in the words of https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html
 */
export function folderImage(image: string, environment: Readonly<Record<string, string>>): FolderImage {
  const folder = folderOf(image);
  if (folder === undefined) {
    throw new ImagePullError(
      `failed to resolve ref ${image}: not found. The local cloud runs an image that is the absolute path or file: URL ` +
        "of a folder with a Dockerfile on this machine.",
    );
  }
  let text: string;
  try {
    if (!statSync(folder).isDirectory()) throw new Error("it is no folder");
    text = readFileSync(join(folder, "Dockerfile"), "utf8");
  } catch (error) {
    throw new ImagePullError(`failed to resolve ref ${image}: not found: ${(error as Error).message}`);
  }
  try {
    return { folder, config: readDockerfile(text, environment) };
  } catch (error) {
    throw new ImagePullError(`failed to read ${join(folder, "Dockerfile")}: ${(error as Error).message}`);
  }
}

/** @returns undefined for what names no folder of this machine */
export function folderOf(image: string): string | undefined {
  if (image.startsWith("file:")) return fileURLToPath(image);
  return isAbsolute(image) ? image : undefined;
}
