import { join } from "node:path";
import { StateFile } from "../../context/state-file.ts";
import { AwsError } from "../../gateway/aws-error.ts";
import type { BlobStore } from "./blob-store.ts";
import type { Manifest } from "./manifest.ts";
import type { Repository } from "./repository-store.ts";

/** One manifest in one repository, with the tags that point at it. */
export interface StoredImage {
  readonly digest: string;
  readonly mediaType: string;
  readonly artifactMediaType?: string;
  /** Bytes of the configuration and the layers, as they are stored. */
  readonly sizeBytes: number;
  /** Milliseconds since 1970. */
  readonly pushedAt: number;
  readonly tags: readonly string[];
  /** The digests that the manifest names. */
  readonly needs: readonly string[];
}

interface Contents {
  readonly images: readonly StoredImage[];
  /** Blobs that were uploaded to the repository; another's blobs are not seen from here. */
  readonly blobs: readonly string[];
}

/** What is in each repository. */
export class ImageStore {
  readonly #file: StateFile<Record<string, Contents>>;
  readonly #contents: Map<string, Contents>;
  readonly #blobs: BlobStore;

  constructor(dataDir: string, blobs: BlobStore) {
    this.#file = new StateFile(join(dataDir, "registry", "images.json"));
    this.#contents = new Map(Object.entries(this.#file.load({})));
    this.#blobs = blobs;
  }

  images(repository: string): readonly StoredImage[] {
    return this.#of(repository).images;
  }

  /** @param reference a tag or a digest */
  find(repository: string, reference: string): StoredImage | undefined {
    return this.images(repository).find(
      ({ digest, tags }) => digest === reference || tags.includes(reference),
    );
  }

  hasBlob(repository: string, digest: string): boolean {
    const { images, blobs } = this.#of(repository);
    return blobs.includes(digest) || images.some((image) => image.digest === digest);
  }

  addBlob(repository: string, digest: string): void {
    const { images, blobs } = this.#of(repository);
    this.#set(repository, { images, blobs: [...new Set([...blobs, digest])] });
  }

  /**
   * Takes a manifest, under a tag where one is given: the tag leaves the image that it was on.
   * @throws AwsError ImageTagAlreadyExistsException where the repository's tags stay where they are
   */
  addImage(repository: Repository, manifest: Manifest, pushedAt: number, tag?: string): StoredImage {
    const { images, blobs } = this.#of(repository.name);
    const tagged = tag === undefined ? undefined : this.find(repository.name, tag);
    if (
      tagged !== undefined &&
      tagged.digest !== manifest.digest &&
      repository.tagMutability.startsWith("IMMUTABLE")
    ) {
      // https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
      throw new AwsError(
        "ImageTagAlreadyExistsException",
        `The image tag '${tag}' already exists in the '${repository.name}' repository and cannot be overwritten because the repository is immutable.`,
      );
    }
    const known = this.find(repository.name, manifest.digest);
    const others = images
      .filter(({ digest }) => digest !== manifest.digest)
      .map((image) => ({ ...image, tags: image.tags.filter((other) => other !== tag) }));
    const image = {
      ...manifest,
      pushedAt: known?.pushedAt ?? pushedAt,
      tags: [...new Set([...(known?.tags ?? []), ...(tag === undefined ? [] : [tag])])],
    };
    this.#set(repository.name, { images: [...others, image], blobs });
    return image;
  }

  /** A tag alone is only taken off, unless it is the image's last. @returns the image as it was */
  async removeImage(repository: string, image: StoredImage, tag?: string): Promise<void> {
    const { images, blobs } = this.#of(repository);
    const others = images.filter(({ digest }) => digest !== image.digest);
    const tags = tag === undefined ? [] : image.tags.filter((other) => other !== tag);
    if (tags.length > 0) return this.#set(repository, { images: [...others, { ...image, tags }], blobs });
    const needed = new Set(others.flatMap(({ needs }) => needs));
    this.#set(repository, { images: others, blobs: blobs.filter((digest) => needed.has(digest)) });
    await this.#sweep([image.digest, ...image.needs]);
  }

  async removeAll(repository: string): Promise<void> {
    const { images, blobs } = this.#of(repository);
    this.#contents.delete(repository);
    this.#save();
    await this.#sweep([...blobs, ...images.map(({ digest }) => digest)]);
  }

  /** Files that no repository needs any more go. */
  async #sweep(digests: readonly string[]): Promise<void> {
    const held = (digest: string): boolean =>
      [...this.#contents.keys()].some((repository) => this.hasBlob(repository, digest));
    await Promise.all(digests.filter((digest) => !held(digest)).map((digest) => this.#blobs.remove(digest)));
  }

  #of(repository: string): Contents {
    return this.#contents.get(repository) ?? { images: [], blobs: [] };
  }

  #set(repository: string, contents: Contents): void {
    this.#contents.set(repository, contents);
    this.#save();
  }

  #save(): void {
    this.#file.save(Object.fromEntries(this.#contents));
  }
}
