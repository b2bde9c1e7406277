import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  paginateDescribeRepositories,
  PutLifecyclePolicyCommand,
  RepositoryAlreadyExistsException,
  RepositoryNotFoundException,
  ImageNotFoundException,
  type ECRClient,
} from "@aws-sdk/client-ecr";
import { repositoryPrefix } from "./task-builds.ts";

/**
 * A task definition names its image by an immutable tag, and older revisions may still be launched again: so nothing that has
 * a tag ever expires, and only what a broken push left behind does.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
 */
const LIFECYCLE = {
  rules: [
    {
      rulePriority: 1,
      description: "What has no tag is in use nowhere",
      selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 14 },
      action: { type: "expire" },
    },
  ],
};

/**
 * Makes the repository where it is missing: tags that never change their image, a scan of each push, encrypted.
 * @returns its address without a tag, e.g. 111122223333.dkr.ecr.us-east-1.amazonaws.com/slipway-dev/media
 */
export async function ensureRepository(
  ecr: ECRClient,
  repositoryName: string,
  stage: string,
): Promise<string> {
  return (await addressOf(ecr, repositoryName)) ?? createRepository(ecr, repositoryName, stage);
}

async function addressOf(ecr: ECRClient, repositoryName: string): Promise<string | undefined> {
  try {
    const { repositories } = await ecr.send(
      new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] }),
    );
    return repositories?.[0]?.repositoryUri;
  } catch (error) {
    if (error instanceof RepositoryNotFoundException) return undefined;
    throw error;
  }
}

async function createRepository(ecr: ECRClient, repositoryName: string, stage: string): Promise<string> {
  try {
    await ecr.send(
      new CreateRepositoryCommand({
        repositoryName,
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfiguration: { encryptionType: "AES256" },
        tags: [{ Key: "slipway:stage", Value: stage }],
      }),
    );
  } catch (error) {
    // Another deploy came first.
    if (!(error instanceof RepositoryAlreadyExistsException)) throw error;
  }
  await ecr.send(
    new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText: JSON.stringify(LIFECYCLE) }),
  );
  const address = await addressOf(ecr, repositoryName);
  if (address === undefined)
    throw new Error(`ECR has made the repository ${repositoryName} and does not know it.`);
  return address;
}

/** Whether the repository has an image of this tag already: then there is nothing to build. */
export async function hasImage(ecr: ECRClient, repositoryName: string, imageTag: string): Promise<boolean> {
  try {
    await ecr.send(new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag }] }));
    return true;
  } catch (error) {
    if (error instanceof ImageNotFoundException) return false;
    throw error;
  }
}

/** The names of a stage's repositories. */
export async function repositoriesOf(ecr: ECRClient, stage: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { repositories = [] } of paginateDescribeRepositories({ client: ecr }, {})) {
    names.push(...repositories.map(({ repositoryName = "" }) => repositoryName));
  }
  return names.filter((name) => name.startsWith(repositoryPrefix(stage)));
}

/** Deletes a repository with all of its images. */
export async function deleteRepository(ecr: ECRClient, repositoryName: string): Promise<void> {
  await ecr.send(new DeleteRepositoryCommand({ repositoryName, force: true }));
}
