import type { CloudContext } from "../../context/cloud-context.ts";
import type { ContainerDefinition, TaskDefinition } from "../model/definition.ts";

/**
 * Files on EFS that ask for IAM are mounted by the task role.
 * @throws Error in Fargate's words where that role may not,
 * https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
 */
export function checkFileRights(
  { identity, region, accountId }: CloudContext,
  task: TaskDefinition,
  container: ContainerDefinition,
  taskRoleArn: string | undefined,
): void {
  const arn = (resource: string): string => `arn:aws:elasticfilesystem:${region}:${accountId}:${resource}`;
  const mounted = new Set(container.mountPoints.map(({ sourceVolume }) => sourceVolume));
  for (const { name, efsVolumeConfiguration: efs } of task.volumes) {
    if (efs?.authorizationConfig?.iam !== "ENABLED" || !mounted.has(name)) continue;
    const { accessPointId } = efs.authorizationConfig;
    const conditions =
      accessPointId === undefined
        ? {}
        : { "elasticfilesystem:AccessPointArn": arn(`access-point/${accessPointId}`) };
    const isAllowed =
      taskRoleArn !== undefined &&
      identity.roleAllowed(
        taskRoleArn,
        "elasticfilesystem:ClientMount",
        arn(`file-system/${efs.fileSystemId}`),
        conditions,
      );
    if (isAllowed) continue;
    throw new Error(
      "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: access " +
        "denied by server while mounting 127.0.0.1:/' : unsuccessful EFS utils command execution; code: 32",
    );
  }
}
