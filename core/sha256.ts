import { hash } from "node:crypto";

/** 64 hex digits of the text's SHA-256. */
export function sha256(text: string): string {
  return hash("sha256", text, "hex");
}
