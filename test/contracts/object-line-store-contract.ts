import { expect, it } from "@jest/globals";
import { lineOf } from "#core/ordering/object-line.ts";
import type { ObjectLineStore } from "#core/ports/object-line-store.ts";

let objects = 0;

/** What every ObjectLineStore does; `make` may give the same store again: each test has an object of its own. */
export function objectLineStoreContract(make: () => ObjectLineStore): void {
  it("writes a line on condition of its revision, and answers the one that stands", async () => {
    const store = make();
    const listed = { newestVersionId: "v1", olderVersionIds: ["v0"] };
    const line = lineOf(`object-${(objects += 1)}`, { jobId: "job-1", versionId: "v1", listed });

    expect(await store.readLine(line.objectId)).toBeUndefined();
    expect(await store.saveLine(line)).toEqual({ saved: true });
    expect(await store.saveLine({ ...line, current: "job-1" })).toEqual({ saved: false, current: line });
    expect(await store.saveLine({ ...line, current: "job-1", revision: 2 })).toEqual({ saved: true });
    expect(await store.readLine(line.objectId)).toEqual({ ...line, current: "job-1", revision: 2 });
  });
}
