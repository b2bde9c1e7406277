import type { RegisterInput } from "../model/definition.ts";
import { clientError, invalid } from "../model/shapes.ts";
import type { EfsVolume } from "../model/volume.ts";
import { refuse } from "./refuse.ts";

/**
 * A volume with no more than a name is a place on the task's own disk; at /tmp it is what TMPDIR names on a laptop. One on EFS is a
 * folder of the cloud, which may be mounted anywhere else.
 * @throws AwsError ClientException, InvalidParameterException
 */
export function checkVolumes({ volumes, containerDefinitions }: RegisterInput): void {
  for (const volume of volumes) {
    const unknown = Object.keys(volume).filter((key) => !["name", "efsVolumeConfiguration"].includes(key));
    refuse(unknown, volume, `volume '${volume.name}'`);
    if (volume.efsVolumeConfiguration !== undefined) checkEfsVolume(volume.efsVolumeConfiguration);
  }
  for (const container of containerDefinitions) {
    for (const { sourceVolume = "", containerPath = "" } of container.mountPoints) {
      const volume = volumes.find(({ name }) => name === sourceVolume);
      if (volume === undefined) throw clientError(`Unknown volume '${sourceVolume}'.`);
      const isShared = volume.efsVolumeConfiguration !== undefined;
      if (isShared && !/^\/(?!tmp$)[^:]/.test(containerPath)) {
        throw invalid(
          `The local cloud does not support files on EFS at the mount point '${containerPath}', only at an absolute path besides /tmp.`,
        );
      }
      if (!isShared && containerPath !== "/tmp") {
        throw invalid(
          `The local cloud does not support a mount point at ${containerPath}, only at /tmp, for which tasks have TMPDIR.`,
        );
      }
    }
  }
}

function checkEfsVolume({
  fileSystemId,
  rootDirectory,
  transitEncryption,
  transitEncryptionPort,
  authorizationConfig = {},
}: EfsVolume): void {
  const { accessPointId, iam } = authorizationConfig;
  if (!/^fs-[0-9a-f]{8,40}$/.test(fileSystemId)) {
    throw clientError(`Invalid EFS file system ID '${fileSystemId}'.`);
  }
  if (accessPointId !== undefined && !/^fsap-[0-9a-f]{8,40}$/.test(accessPointId)) {
    throw clientError(`Invalid EFS access point ID '${accessPointId}'.`);
  }
  if (rootDirectory !== undefined && !rootDirectory.startsWith("/")) {
    throw clientError(`The root directory '${rootDirectory}' of an EFS volume must begin with '/'.`);
  }
  if (accessPointId !== undefined && rootDirectory !== undefined && rootDirectory !== "/") {
    throw clientError(
      'When using an EFS access point, the root directory must either be set to "/" or be omitted.',
    );
  }
  if (transitEncryption === "ENABLED") return;
  if (accessPointId !== undefined || iam === "ENABLED") {
    throw clientError(
      "An EFS access point and IAM authorization both need transit encryption to be ENABLED.",
    );
  }
  if (transitEncryptionPort !== undefined) {
    throw clientError("A transit encryption port needs transit encryption to be ENABLED.");
  }
}
