import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Layers, configurations and manifests, each a file named by its digest; repositories share them. */
export class BlobStore {
  readonly #blobs: string;
  readonly #uploads: string;

  /** @param folder of the service's own */
  constructor(folder: string) {
    this.#blobs = join(folder, "blobs");
    this.#uploads = join(folder, "uploads");
  }

  /** @returns undefined where there is none */
  async size(digest: string): Promise<number | undefined> {
    return stat(this.#blobPath(digest)).then(
      ({ size }) => size,
      () => undefined,
    );
  }

  read(digest: string): Readable {
    return createReadStream(this.#blobPath(digest));
  }

  /** Begins an upload. @returns its id */
  async begin(): Promise<string> {
    const id = randomUUID();
    await mkdir(this.#uploads, { recursive: true });
    await pipeline([], createWriteStream(this.#uploadPath(id)));
    return id;
  }

  /** @returns how many bytes of the upload have come; undefined where it is not known */
  async received(id: string): Promise<number | undefined> {
    return stat(this.#uploadPath(id)).then(
      ({ size }) => size,
      () => undefined,
    );
  }

  async append(id: string, body: Readable): Promise<void> {
    await pipeline(body, createWriteStream(this.#uploadPath(id), { flags: "a" }));
  }

  async cancel(id: string): Promise<void> {
    await rm(this.#uploadPath(id), { force: true });
  }

  /** Keeps an upload as the blob of that digest. @returns false, and drops it, where its bytes have another */
  async finish(id: string, digest: string): Promise<boolean> {
    const path = this.#uploadPath(id);
    const hash = createHash("sha256");
    await pipeline(createReadStream(path), hash);
    if (`sha256:${hash.digest("hex")}` !== digest) {
      await this.cancel(id);
      return false;
    }
    await mkdir(this.#blobs, { recursive: true });
    await rename(path, this.#blobPath(digest));
    return true;
  }

  async remove(digest: string): Promise<void> {
    await rm(this.#blobPath(digest), { force: true });
  }

  /** @throws Error for what is no digest: names of files are made of it */
  #blobPath(digest: string): string {
    if (!isDigest(digest)) throw new Error(`"${digest}" is no digest.`);
    return join(this.#blobs, digest.replace(":", "-"));
  }

  /** @throws Error for what is no id of an upload */
  #uploadPath(id: string): string {
    if (!/^[0-9a-f-]{36}$/.test(id)) throw new Error(`"${id}" is no upload.`);
    return join(this.#uploads, id);
  }
}

export function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}
