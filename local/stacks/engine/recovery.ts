import type { Journal } from "./journal.ts";
import type { StackRecord } from "./stack-record.ts";

const CUT_SHORT = "The local cloud was stopped in the middle of this operation; it can be repeated.";

/**
 * Ends the operation that a stack was in when the cloud went down. What failed can be tried again: an update goes on where
 * it was, a deletion too, and a rollback by ContinueUpdateRollback. Only the cleanup after an update counts as done: what it
 * has left is deleted with the next one.
 */
export function endInterrupted(stack: StackRecord, journal: Journal): void {
  switch (stack.status) {
    case "CREATE_IN_PROGRESS":
      return journal.stack(stack, "CREATE_FAILED", CUT_SHORT);
    case "UPDATE_IN_PROGRESS":
      return journal.stack(stack, "UPDATE_FAILED", CUT_SHORT);
    case "DELETE_IN_PROGRESS":
      return journal.stack(stack, "DELETE_FAILED", CUT_SHORT);
    case "ROLLBACK_IN_PROGRESS":
      return journal.stack(stack, "ROLLBACK_FAILED", CUT_SHORT);
    case "UPDATE_ROLLBACK_IN_PROGRESS":
      return journal.stack(stack, "UPDATE_ROLLBACK_FAILED", CUT_SHORT);
    case "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS":
      return journal.stack(stack, "UPDATE_COMPLETE");
    case "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS":
      return journal.stack(stack, "UPDATE_ROLLBACK_COMPLETE");
    default:
  }
}
