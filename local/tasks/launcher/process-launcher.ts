import type { CloudContext } from "../../context/cloud-context.ts";
import { commandLine } from "./command-line.ts";
import { startContainer } from "./container-process.ts";
import { containerEnvironment, machineEnvironment } from "./environment.ts";
import { folderImage } from "./image.ts";
import type { ContainerLauncher } from "./launcher.ts";
import { inSharedFolder, sharedFolders } from "./shared-folders.ts";

/** Runs the program of the folder that an image is built from as a child process, with no container at all. */
export function processLauncher(context: CloudContext): ContainerLauncher {
  return {
    // What an earlier life left behind is known by its processes' numbers, which the tasks' records have.
    open: () => Promise.resolve(),
    async pull(name) {
      const image = folderImage(name, machineEnvironment());
      return {
        stopSignal: image.config.stopSignal,
        start(order) {
          const shared = sharedFolders(context, order.taskDefinition, order.definition);
          return startContainer({
            words: commandLine(image, order.definition, order.override).map((word) =>
              inSharedFolder(shared, word),
            ),
            folder: image.folder,
            environment: containerEnvironment(
              context,
              { image: image.config.environment, ...order.environment },
              shared,
            ),
            onLines: (lines) => order.onLines(lines),
          });
        },
      };
    },
  };
}
