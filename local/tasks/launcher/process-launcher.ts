import { chmodSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { CloudContext } from "../../context/cloud-context.ts";
import { commandLine } from "./command-line.ts";
import { startContainer } from "./container-process.ts";
import { compileCache, containerEnvironment, machineEnvironment } from "./environment.ts";
import { folderImage, type FolderImage } from "./image.ts";
import type { ContainerLauncher, ContainerOrder } from "./launcher.ts";
import { machineUser, mayEnter, type ProcessUser } from "./process-user.ts";
import { inSharedFolder, sharedFolders } from "./shared-folders.ts";

/** Runs the program of the folder that an image is built from as a child process, with no container at all. */
export function processLauncher(context: CloudContext): ContainerLauncher {
  const told = new Set<string>();
  const tellOnce = (line: string): void => {
    if (!told.has(line)) context.report(line);
    told.add(line);
  };
  return {
    // What an earlier life left behind is known by its processes' numbers, which the tasks' records have.
    open: () => Promise.resolve(),
    async pull(name) {
      const image = folderImage(name, machineEnvironment());
      return {
        stopSignal: image.config.stopSignal,
        start(order) {
          const shared = sharedFolders(context, order.taskDefinition, order.definition);
          const user = userOf(context, image, order, tellOnce);
          if (user !== undefined) for (const { folder } of shared) chmodSync(folder, FOR_EVERYBODY);
          return startContainer({
            words: commandLine(image, order.definition, order.override).map((word) =>
              inSharedFolder(shared, word),
            ),
            folder: image.folder,
            environment: containerEnvironment(
              context,
              {
                machine: { ...machineEnvironment(), ...(user === undefined ? {} : { HOME: user.home }) },
                image: image.config.environment,
                ...order.environment,
              },
              shared,
            ),
            ownVariable: "ECS_CONTAINER_METADATA_URI_V4",
            user,
            onLines: (lines) => order.onLines(lines),
          });
        },
      };
    },
  };
}

/** As /tmp: who writes a file there may remove it, and nobody else. */
const FOR_EVERYBODY = 0o1777;

/**
 * The user of the task definition, or else the image's, as only root can become another. Folders of the cloud that a task writes
 * to are opened for them; where they could not reach the program, it runs as the cloud does, which the person is told.
 */
function userOf(
  context: CloudContext,
  image: FolderImage,
  { definition, environment: { scratch } }: ContainerOrder,
  tell: (line: string) => void,
): ProcessUser | undefined {
  const name = definition.user ?? image.config.user;
  if (name === undefined || process.getuid?.() !== 0) return undefined;
  const user = machineUser(name);
  if (user === undefined) {
    tell(`ECS: this machine has no user "${name}", so ${image.folder} runs as root.`);
    return undefined;
  }
  chmodSync(context.dataDir, statSync(context.dataDir).mode | 0o011);
  mkdirSync(compileCache(context), { recursive: true });
  for (const folder of [scratch, compileCache(context)]) chmodSync(folder, FOR_EVERYBODY);
  const closed = [image.folder, dirname(process.execPath), scratch].find((folder) => !mayEnter(folder, user));
  if (closed === undefined) return user;
  tell(`ECS: user ${name} may not enter ${closed}, so ${image.folder} runs as root.`);
  return undefined;
}
