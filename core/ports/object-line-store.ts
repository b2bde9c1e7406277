import type { ObjectLine } from "../ordering/object-line.ts";
import type { SaveResult } from "./job-store.ts";

/** The lines of versions, of newest-only pipelines only. */
export interface ObjectLineStore {
  /** Consistent read. */
  readLine(objectId: string): Promise<ObjectLine | undefined>;
  /** Replaces the line whose revision is `line.revision - 1`. */
  saveLine(line: ObjectLine): Promise<SaveResult<ObjectLine>>;
}
