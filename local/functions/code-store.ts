import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { AwsError } from "../gateway/aws-error.ts";
import { readZip } from "./zip.ts";

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_ZIP_BYTES = 50 * 1024 * 1024;
const MAX_UNPACKED_BYTES = 250 * 1024 * 1024;

export interface StoredCode {
  readonly sha256: string;
  readonly size: number;
}

/** Deployment packages on disk, by the hash of their zip: two functions with the same zip share one folder. */
export class CodeStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Keeps and unpacks a zip. @throws AwsError InvalidParameterValueException, RequestEntityTooLargeException */
  add(zip: Buffer, options: { uploadedDirectly: boolean }): StoredCode {
    if (options.uploadedDirectly && zip.length > MAX_ZIP_BYTES) {
      throw new AwsError(
        "RequestEntityTooLargeException",
        `Request must be smaller than ${MAX_ZIP_BYTES} bytes for the CreateFunction operation`,
        413,
      );
    }
    const sha256 = createHash("sha256").update(zip).digest("base64");
    const folder = this.#folderOf(sha256);
    if (!existsSync(folder)) this.#unpack(zip, folder);
    return { sha256, size: zip.length };
  }

  /** Absolute path of the unpacked package (LAMBDA_TASK_ROOT). */
  taskRoot(sha256: string): string {
    return join(this.#folderOf(sha256), "task");
  }

  /** Where the zip itself is. */
  zipUrl(sha256: string): string {
    return pathToFileURL(join(this.#folderOf(sha256), "package.zip")).href;
  }

  /** Removes what no version uses any more. */
  keepOnly(used: ReadonlySet<string>): void {
    if (!existsSync(this.#folder)) return;
    const names = new Set([...used].map(folderName));
    for (const name of readdirSync(this.#folder)) {
      if (!names.has(name)) rmSync(join(this.#folder, name), { recursive: true, force: true });
    }
  }

  #folderOf(sha256: string): string {
    return join(this.#folder, folderName(sha256));
  }

  #unpack(zip: Buffer, folder: string): void {
    const next = `${folder}.next`;
    rmSync(next, { recursive: true, force: true });
    mkdirSync(join(next, "task"), { recursive: true });
    let unpacked = 0;
    for (const entry of readZip(zip)) {
      const path = join(next, "task", entry.name);
      if (entry.name.endsWith("/")) {
        mkdirSync(path, { recursive: true });
        continue;
      }
      const bytes = entry.read();
      unpacked += bytes.length;
      if (unpacked > MAX_UNPACKED_BYTES) {
        rmSync(next, { recursive: true, force: true });
        throw new AwsError(
          "InvalidParameterValueException",
          `Unzipped size must be smaller than ${MAX_UNPACKED_BYTES} bytes`,
        );
      }
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes, { mode: entry.mode === 0 ? 0o644 : entry.mode | 0o400 });
    }
    // In Lambda nothing stands above a package that could say of which kind its .js files are.
    writeFileSync(join(next, "package.json"), "{}");
    writeFileSync(join(next, "package.zip"), zip);
    renameSync(next, folder);
  }
}

/** Base64 has slashes, which a folder name has not. */
function folderName(sha256: string): string {
  return Buffer.from(sha256, "base64").toString("hex");
}
