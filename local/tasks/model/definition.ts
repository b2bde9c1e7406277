import { z } from "zod";
import { ephemeralStorage, keyValue, tags } from "./shapes.ts";
import { volume } from "./volume.ts";

/** Only the members that the local cloud reads are named; the others are kept and described as they were given. */
export const containerDefinition = z.looseObject({
  name: z.string(),
  image: z.string(),
  cpu: z.int().min(0).default(0),
  memory: z.int().optional(),
  memoryReservation: z.int().optional(),
  essential: z.boolean().default(true),
  entryPoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  environment: z.array(keyValue).default([]),
  /** Values out of SSM or Secrets Manager, by the names of environment variables. */
  secrets: z.array(z.object({ name: z.string(), valueFrom: z.string() })).optional(),
  stopTimeout: z.int().optional(),
  workingDirectory: z.string().optional(),
  portMappings: z.array(z.unknown()).default([]),
  user: z.string().optional(),
  readonlyRootFilesystem: z.boolean().optional(),
  mountPoints: z
    .array(
      z.looseObject({
        sourceVolume: z.string().optional(),
        containerPath: z.string().optional(),
        readOnly: z.boolean().optional(),
      }),
    )
    .default([]),
  volumesFrom: z.array(z.unknown()).default([]),
  logConfiguration: z
    .looseObject({ logDriver: z.string(), options: z.record(z.string(), z.string()).default({}) })
    .optional(),
});
export type ContainerDefinition = z.output<typeof containerDefinition>;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html */
export const registerInput = z.looseObject({
  family: z.string(),
  containerDefinitions: z.array(containerDefinition),
  cpu: z.string().optional(),
  memory: z.string().optional(),
  networkMode: z.enum(["bridge", "host", "awsvpc", "none"]).optional(),
  requiresCompatibilities: z.array(z.enum(["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"])).optional(),
  taskRoleArn: z.string().optional(),
  executionRoleArn: z.string().optional(),
  ephemeralStorage: ephemeralStorage.optional(),
  runtimePlatform: z
    .object({
      cpuArchitecture: z.enum(["X86_64", "ARM64"]).optional(),
      operatingSystemFamily: z.string().optional(),
    })
    .optional(),
  volumes: z.array(volume).default([]),
  tags: tags.optional(),
});
export type RegisterInput = z.output<typeof registerInput>;

export type TaskDefinition = RegisterInput & {
  readonly taskDefinitionArn: string;
  readonly revision: number;
  status: "ACTIVE" | "INACTIVE";
  readonly compatibilities: readonly string[];
  /** Seconds since 1970, as the API answers them. */
  readonly registeredAt: number;
  deregisteredAt?: number;
};
