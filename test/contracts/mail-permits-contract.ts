import { expect, it } from "@jest/globals";
import type { MailPermits } from "#core/ports/mail-permits.ts";

/** What all MailPermits do. */
export function mailPermitsContract(make: () => MailPermits): void {
  it("gives no more permits in a second than it may, and those of the next second anew", async () => {
    const permits = make();

    const taken = await Promise.all(Array.from({ length: 12 }, () => permits.take(1_795_000_000, 5)));

    expect(taken.filter(Boolean)).toHaveLength(5);
    expect(await permits.take(1_795_000_001, 5)).toBe(true);
  });
}
