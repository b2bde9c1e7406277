import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { join } from "node:path";
import { StateFile } from "../context/state-file.ts";
import type { TemporaryCredentials } from "../context/cloud-context.ts";

export interface Session {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly accessKeyId: string;
}

interface Claims extends Session {
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** As long as a session of a role may last at most. */
const MAX_SESSION_MS = 12 * 60 * 60 * 1000;

/**
 * Temporary keys of roles. A session token carries its own claims, sealed with a secret of this data folder: nothing has
 * to be stored, and keys that a process got before a restart of the cloud keep working.
 */
export class SessionKeys {
  readonly #secret: Buffer;

  constructor(dataDir: string) {
    const file = new StateFile<{ secret: string }>(join(dataDir, "identity", "session-secret.json"));
    const kept = file.load({ secret: "" });
    const secret = kept.secret === "" ? randomBytes(32).toString("hex") : kept.secret;
    if (kept.secret === "") file.save({ secret });
    this.#secret = Buffer.from(secret, "hex");
  }

  issue(roleArn: string, sessionName: string, durationMs = MAX_SESSION_MS): TemporaryCredentials {
    const accessKeyId = `ASIA${randomBytes(8).toString("hex").toUpperCase()}`;
    // The system's clock, not the cloud's: the processes that hold the keys cannot be moved along with it.
    const expiresAt = Date.now() + Math.min(durationMs, MAX_SESSION_MS);
    const claims: Claims = { roleArn, sessionName, accessKeyId, expiresAt };
    const body = Buffer.from(JSON.stringify(claims)).toString("base64url");
    return {
      accessKeyId,
      secretAccessKey: this.secretOf(accessKeyId),
      sessionToken: `${body}.${this.#seal(body)}`,
      expiration: new Date(expiresAt).toISOString(),
    };
  }

  /** Follows from the access key id, so that a signature can be checked without a list of keys. */
  secretOf(accessKeyId: string): string {
    return this.#seal(`secret of ${accessKeyId}`);
  }

  /** The session behind a key, or undefined where the key is not ours, its token is broken or its time is over. */
  find(accessKeyId: string, sessionToken: string | undefined): Session | undefined {
    if (sessionToken === undefined) return undefined;
    const [body = "", seal = ""] = sessionToken.split(".");
    const expected = Buffer.from(this.#seal(body));
    const given = Buffer.from(seal);
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
    const claims = JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as Claims;
    if (claims.accessKeyId !== accessKeyId || claims.expiresAt <= Date.now()) return undefined;
    return { roleArn: claims.roleArn, sessionName: claims.sessionName, accessKeyId };
  }

  #seal(text: string): string {
    return createHmac("sha256", this.#secret).update(text).digest("base64url");
  }
}
