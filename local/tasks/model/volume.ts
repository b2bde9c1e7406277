import { z } from "zod";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSVolumeConfiguration.html */
const efsVolume = z.object({
  fileSystemId: z.string(),
  rootDirectory: z.string().optional(),
  transitEncryption: z.enum(["ENABLED", "DISABLED"]).optional(),
  transitEncryptionPort: z.int().optional(),
  authorizationConfig: z
    .object({ accessPointId: z.string().optional(), iam: z.enum(["ENABLED", "DISABLED"]).optional() })
    .optional(),
});
export type EfsVolume = z.output<typeof efsVolume>;

export const volume = z.looseObject({ name: z.string(), efsVolumeConfiguration: efsVolume.optional() });
