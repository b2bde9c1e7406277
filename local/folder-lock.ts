import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Another cloud works on the same folder. */
export class FolderInUseError extends Error {
  override readonly name = "FolderInUseError";
  readonly folder: string;

  constructor(folder: string, options?: ErrorOptions) {
    super(`Another local cloud is running on ${folder}.`, options);
    this.folder = folder;
  }
}

/**
 * Takes a folder for one process. The lock is SQLite's, thus the operating system's: it goes with the process, also by
 * `kill -9`, so that no stale file has to be judged by a process id.
 * @throws FolderInUseError
 */
export function lockFolder(folder: string): { release(): void } {
  const database = new DatabaseSync(join(folder, "lock.sqlite"), { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    throw new FolderInUseError(folder, { cause: error });
  }
  return { release: () => database.close() };
}
