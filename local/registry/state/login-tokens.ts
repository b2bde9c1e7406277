import { randomBytes } from "node:crypto";
import type { CloudClock } from "../../context/cloud-context.ts";
import type { Principal } from "../../gateway/service.ts";

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html */
const LIFETIME_MS = 12 * 3600_000;

/** The passwords that GetAuthorizationToken hands out; they say who asked, and end with the cloud. */
export class LoginTokens {
  readonly #clock: CloudClock;
  readonly #issued = new Map<string, { principal: Principal; expiresAt: number }>();

  constructor(clock: CloudClock) {
    this.#clock = clock;
  }

  /** @returns what base64 encodes in `authorizationToken` */
  issue(principal: Principal): { token: string; expiresAt: number } {
    const now = this.#clock.now();
    for (const [password, { expiresAt }] of this.#issued) if (expiresAt <= now) this.#issued.delete(password);
    const password = randomBytes(48).toString("base64url");
    const expiresAt = now + LIFETIME_MS;
    this.#issued.set(password, { principal, expiresAt });
    return { token: `AWS:${password}`, expiresAt };
  }

  /** @param authorization the header that engines send, Basic with the user AWS */
  principalOf(authorization: string | undefined): Principal | undefined {
    const encoded = /^Basic (\S+)$/i.exec(authorization ?? "")?.[1];
    if (encoded === undefined) return undefined;
    const [user, password] = Buffer.from(encoded, "base64").toString("utf8").split(":");
    const issued = user === "AWS" && password !== undefined ? this.#issued.get(password) : undefined;
    return issued !== undefined && issued.expiresAt > this.#clock.now() ? issued.principal : undefined;
  }
}
