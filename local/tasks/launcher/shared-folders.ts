import { mkdirSync } from "node:fs";
import { join, posix } from "node:path";
import type { CloudContext } from "../../context/cloud-context.ts";
import type { ContainerDefinition, TaskDefinition } from "../model/definition.ts";
import type { EfsVolume } from "../model/volume.ts";

/** A folder of this machine that stands for files on EFS, and where a container would see it. */
export interface SharedFolder {
  readonly volume: string;
  readonly containerPath: string;
  readonly folder: string;
}

/** The folders that a container has of EFS; they are made where nobody has used them before. */
export function sharedFolders(
  context: CloudContext,
  task: Pick<TaskDefinition, "volumes">,
  container: Pick<ContainerDefinition, "mountPoints">,
): SharedFolder[] {
  return container.mountPoints.flatMap(({ sourceVolume, containerPath }) => {
    const efs = task.volumes.find(({ name }) => name === sourceVolume)?.efsVolumeConfiguration;
    if (sourceVolume === undefined || containerPath === undefined || efs === undefined) return [];
    const folder = folderOf(context, efs);
    mkdirSync(folder, { recursive: true });
    return [{ volume: sourceVolume, containerPath: posix.normalize(containerPath), folder }];
  });
}

/** One for each access point, and one for the rest of a file system. Ids are checked; normalising keeps a path within its root. */
function folderOf(context: CloudContext, efs: EfsVolume): string {
  const { fileSystemId, rootDirectory = "/", authorizationConfig } = efs;
  const within = authorizationConfig?.accessPointId ?? join("root", posix.normalize(rootDirectory));
  return join(context.dataDir, "tasks", "files", fileSystemId, within);
}

/** A process sees the machine's own files: what names a place in such a folder by its path in the container is led there. */
export function inSharedFolder(folders: readonly SharedFolder[], value: string): string {
  for (const { containerPath, folder } of folders) {
    const root = containerPath.replace(/\/+$/, "");
    if (value === root || value.startsWith(`${root}/`)) return folder + value.slice(root.length);
  }
  return value;
}
