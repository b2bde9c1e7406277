import type { MailPermits } from "#core/ports/mail-permits.ts";

export class MemoryMailPermits implements MailPermits {
  readonly #taken = new Map<number, number>();

  async take(second: number, limit: number): Promise<boolean> {
    const taken = this.#taken.get(second) ?? 0;
    if (taken >= limit) return false;
    this.#taken.set(second, taken + 1);
    return true;
  }
}
