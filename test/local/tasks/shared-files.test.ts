import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { EFSVolumeConfiguration } from "@aws-sdk/client-ecs";
import { taskIdentity } from "#test/local/tasks/support/identity.ts";
import { startTaskCloud, taskRole, type TaskCloud } from "#test/local/tasks/support/task-cloud.ts";

const asked: unknown[] = [];
const mayMount = { is: true };

let cloud: TaskCloud;
beforeAll(async () => {
  cloud = await startTaskCloud({
    identity: {
      ...taskIdentity,
      roleAllowed(...request) {
        if (request[1] !== "elasticfilesystem:ClientMount") return true;
        asked.push(request);
        return mayMount.is;
      },
    },
  });
  await cloud.control("settings", { throttling: false });
});
afterAll(() => cloud.stop());

const FILE_SYSTEM = "fs-0123456789abcdef0";
const point = (digit: number): EFSVolumeConfiguration => ({
  fileSystemId: FILE_SYSTEM,
  transitEncryption: "ENABLED",
  authorizationConfig: { accessPointId: `fsap-000000000000000${digit}`, iam: "ENABLED" },
});

const registered = (
  command: string[],
  efsVolumeConfiguration: EFSVolumeConfiguration,
  containerPath = "/mnt/shared",
) =>
  cloud.register(
    {
      command: ["/app/main.mjs", ...command],
      environment: [{ name: "SHARED_FILES", value: containerPath }],
      mountPoints: [{ sourceVolume: "shared", containerPath }],
    },
    { taskRoleArn: taskRole, volumes: [{ name: "shared", efsVolumeConfiguration }] },
  );

const run = async (...definition: Parameters<typeof registered>) => {
  const { taskArn = "" } = await cloud.run({ taskDefinition: await registered(...definition) });
  return { taskArn, stopped: await cloud.stopped(taskArn) };
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSVolumeConfiguration.html */
describe("files on EFS", () => {
  test("that one task writes are read by another, wherever each has mounted them", async () => {
    await run(["write-to", "/mnt/shared/note"], point(1));
    const reader = await run(["read-shared"], point(1), "/var/files");

    expect(await cloud.line(reader.taskArn, "main", "shared")).toBe("shared");
  });

  test("of one access point are not those of another", async () => {
    await run(["write-to", "/mnt/shared/note"], point(2));
    const { stopped } = await run(["read-shared"], point(3));

    expect(stopped.containers[0]?.exitCode).toBe(1);
  });

  test("without an access point are those of the folder that is mounted", async () => {
    const plain = (rootDirectory: string) => ({ fileSystemId: FILE_SYSTEM, rootDirectory });
    await run(["write-to", "/mnt/shared/note"], plain("/a/b"));
    const above = await run(["read-shared"], plain("/a"), "/mnt");
    const beside = await run(["read-shared"], plain("/a/../a/b"));

    expect(above.stopped.containers[0]?.exitCode).toBe(1);
    expect(beside.stopped.containers[0]?.exitCode).toBe(0);
  });

  test("are not mounted by a task role that may not", async () => {
    mayMount.is = false;
    const { stopped } = await run(["read-shared"], point(1));
    mayMount.is = true;

    expect(stopped).toMatchObject({
      stopCode: "TaskFailedToStart",
      stoppedReason: expect.stringContaining("access denied by server while mounting"),
    });
    expect(asked.at(-1)).toEqual([
      taskRole,
      "elasticfilesystem:ClientMount",
      `arn:aws:elasticfilesystem:us-east-1:000000000000:file-system/${FILE_SYSTEM}`,
      {
        "elasticfilesystem:AccessPointArn":
          "arn:aws:elasticfilesystem:us-east-1:000000000000:access-point/fsap-0000000000000001",
      },
    ]);
  });

  test.each<[string, Partial<EFSVolumeConfiguration>, string, RegExp]>([
    ["of an access point without TLS", { transitEncryption: "DISABLED" }, "/mnt", /transit encryption/],
    [
      "with IAM and without TLS",
      { transitEncryption: undefined, authorizationConfig: { iam: "ENABLED" } },
      "/mnt",
      /transit encryption/,
    ],
    ["of an access point at a folder", { rootDirectory: "/data" }, "/mnt", /root directory must either/],
    ["at a path that is none", { rootDirectory: "/" }, "mnt", /mount point 'mnt'/],
    ["in place of the task's own disk", {}, "/tmp", /mount point '\/tmp'/],
    ["of a file system that is none", { fileSystemId: "../fs-1" }, "/mnt", /file system ID/],
    [
      "of an access point that is none",
      { authorizationConfig: { accessPointId: ".." } },
      "/mnt",
      /access point/,
    ],
  ])("%s are refused", async (_what, changes, containerPath, message) => {
    await expect(registered([], { ...point(1), ...changes }, containerPath)).rejects.toMatchObject({
      message: expect.stringMatching(message),
    });
  });
});
