import { join } from "node:path";
import type { CloudContext } from "../context/cloud-context.ts";
import { BlobStore } from "./state/blob-store.ts";
import { ImageStore } from "./state/image-store.ts";
import { LoginTokens } from "./state/login-tokens.ts";
import { RepositoryStore } from "./state/repository-store.ts";

/** What the control API and the registry protocol work on. */
export interface Registry {
  readonly context: CloudContext;
  readonly repositories: RepositoryStore;
  readonly images: ImageStore;
  readonly blobs: BlobStore;
  readonly tokens: LoginTokens;
}

export function openRegistry(context: CloudContext): Registry {
  const blobs = new BlobStore(join(context.dataDir, "registry"));
  return {
    context,
    blobs,
    repositories: new RepositoryStore(context),
    images: new ImageStore(context.dataDir, blobs),
    tokens: new LoginTokens(context.clock),
  };
}
