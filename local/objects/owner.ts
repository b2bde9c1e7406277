import { createHash } from "node:crypto";
import type { ObjectStore } from "./object-store.ts";

/** The account's canonical user: the owner of every bucket and object. */
export function ownerOf(store: ObjectStore): { ID: string; DisplayName: string } {
  return { ID: createHash("sha256").update(store.context.accountId).digest("hex"), DisplayName: "local" };
}
