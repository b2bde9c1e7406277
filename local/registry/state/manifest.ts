import { createHash } from "node:crypto";

export interface Manifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly artifactMediaType?: string;
  /** Bytes of the configuration and the layers; of an index, of the manifests that it lists. */
  readonly sizeBytes: number;
  /** What must be in the repository already. */
  readonly needs: readonly string[];
}

interface Descriptor {
  readonly mediaType?: string;
  readonly digest?: string;
  readonly size?: number;
}

interface ManifestDocument {
  readonly schemaVersion?: number;
  readonly mediaType?: string;
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly Descriptor[];
}

/**
 * Reads an image manifest or an index, of OCI or of Docker's second version.
 * https://github.com/opencontainers/image-spec/blob/main/manifest.md
 * @returns undefined where it is none
 */
export function readManifest(bytes: Buffer, contentType: string | undefined): Manifest | undefined {
  const document = parse(bytes);
  if (document?.schemaVersion !== 2) return undefined;
  const { config, layers = [], manifests = [] } = document;
  const parts = [...(config === undefined ? [] : [config]), ...layers, ...manifests];
  const mediaType = document.mediaType ?? contentType;
  if (mediaType === undefined || parts.some(({ digest }) => digest === undefined)) return undefined;
  return {
    digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}`,
    mediaType,
    ...(config?.mediaType === undefined ? {} : { artifactMediaType: config.mediaType }),
    sizeBytes: parts.reduce((total, { size = 0 }) => total + size, 0),
    needs: parts.map(({ digest = "" }) => digest),
  };
}

function parse(bytes: Buffer): ManifestDocument | undefined {
  try {
    const parsed: unknown = JSON.parse(bytes.toString("utf8"));
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}
