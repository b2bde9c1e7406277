import { text } from "node:stream/consumers";
import { AwsError } from "../../gateway/aws-error.ts";
import type { JsonOperation } from "../../gateway/json-protocol.ts";
import type { Registry } from "../registry.ts";
import type { StoredImage } from "../state/image-store.ts";
import { imageIdsIn, pageOf, repositoryNameIn, type ImageIdentifier, type Input } from "./input.ts";

export function imageOperations(registry: Registry): Record<string, JsonOperation> {
  const { repositories, images, blobs, context } = registry;
  const repositoryIn = (input: Input): string => repositories.get(repositoryNameIn(input)).name;
  const find = (repository: string, id: ImageIdentifier): StoredImage | undefined => {
    const image = images.find(repository, id.imageDigest ?? id.imageTag ?? "");
    return id.imageTag === undefined || image?.tags.includes(id.imageTag) === true ? image : undefined;
  };
  const failure = (imageId: ImageIdentifier): object => ({
    imageId,
    failureCode: "ImageNotFound",
    failureReason: "Requested image not found",
  });
  return {
    /** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html */
    async DescribeImages(input, request) {
      const repository = repositoryIn(input);
      request.authorize("ecr:DescribeImages", repositories.arnOf(repository));
      const ids = imageIdsIn(input);
      const wanted = ids.map((id) => find(repository, id) ?? refuse(context.accountId, repository, id));
      const { items, ...next } = pageOf(ids.length === 0 ? images.images(repository) : wanted, input);
      const imageDetails = items.map((image) => ({
        registryId: context.accountId,
        repositoryName: repository,
        imageDigest: image.digest,
        ...(image.tags.length === 0 ? {} : { imageTags: image.tags }),
        imageSizeInBytes: image.sizeBytes,
        imagePushedAt: image.pushedAt / 1000,
        imageManifestMediaType: image.mediaType,
        ...(image.artifactMediaType === undefined ? {} : { artifactMediaType: image.artifactMediaType }),
      }));
      return { imageDetails, ...next };
    },

    /** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListImages.html */
    async ListImages(input, request) {
      const repository = repositoryIn(input);
      request.authorize("ecr:ListImages", repositories.arnOf(repository));
      const { tagStatus = "ANY" } = (input["filter"] ?? {}) as { tagStatus?: string };
      const ids = images.images(repository).flatMap<ImageIdentifier>(({ digest, tags }) => {
        if (tags.length === 0) return tagStatus === "TAGGED" ? [] : [{ imageDigest: digest }];
        return tagStatus === "UNTAGGED" ? [] : tags.map((imageTag) => ({ imageDigest: digest, imageTag }));
      });
      const { items, ...next } = pageOf(ids, input);
      return { imageIds: items, ...next };
    },

    /** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchGetImage.html */
    async BatchGetImage(input, request) {
      const repository = repositoryIn(input);
      request.authorize("ecr:BatchGetImage", repositories.arnOf(repository));
      const answers = await Promise.all(
        imageIdsIn(input).map(async (id) => {
          const image = find(repository, id);
          if (image === undefined) return { failures: [failure(id)] };
          return {
            images: [
              {
                registryId: context.accountId,
                repositoryName: repository,
                imageId: { ...id, imageDigest: image.digest },
                imageManifest: await text(blobs.read(image.digest)),
                imageManifestMediaType: image.mediaType,
              },
            ],
          };
        }),
      );
      return {
        images: answers.flatMap(({ images: found = [] }) => found),
        failures: answers.flatMap(({ failures = [] }) => failures),
      };
    },

    /** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchDeleteImage.html */
    async BatchDeleteImage(input, request) {
      const repository = repositoryIn(input);
      request.authorize("ecr:BatchDeleteImage", repositories.arnOf(repository));
      const imageIds: ImageIdentifier[] = [];
      const failures: object[] = [];
      for (const id of imageIdsIn(input)) {
        const image = find(repository, id);
        if (image === undefined) {
          failures.push(failure(id));
          continue;
        }
        await images.removeImage(repository, image, id.imageDigest === undefined ? id.imageTag : undefined);
        imageIds.push({ ...id, imageDigest: image.digest });
      }
      return { imageIds, failures };
    },
  };
}

/** @throws AwsError ImageNotFoundException */
function refuse(accountId: string, repository: string, { imageDigest, imageTag }: ImageIdentifier): never {
  throw new AwsError(
    "ImageNotFoundException",
    `The image with imageId {imageDigest:'${imageDigest ?? "null"}', imageTag:'${imageTag ?? "null"}'} does not exist within the repository with name '${repository}' in the registry with id '${accountId}'`,
  );
}
