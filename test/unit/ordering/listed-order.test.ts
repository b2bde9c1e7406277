import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { inWholeKeys, listedOrders } from "#core/ordering/listed-order.ts";
import type { ListedOrder } from "#core/ordering/object-line.ts";
import type { ObjectVersion } from "#core/ports/object-store.ts";

describe("the pages of a listing", () => {
  const listed = (key: string, versionId: string): ObjectVersion => ({
    bucket: "b",
    key,
    versionId,
    sizeBytes: 1,
    lastModified: "2026-11-22T19:00:00.000Z",
    isLatest: false,
  });

  test("are cut anew so that a key's versions stand together, and nothing is lost", async () => {
    const pagesOf = fc.array(fc.array(fc.constantFrom("a", "b", "c", "d")));
    await fc.assert(
      fc.asyncProperty(pagesOf, async (pages) => {
        const sorted = pages.flat().toSorted();
        const versions = sorted.map((key, index) => listed(key, `v${index}`));
        const source = async function* () {
          let from = 0;
          for (const { length } of pages) yield versions.slice(from, (from += length));
        };

        const cut: (readonly ObjectVersion[])[] = [];
        for await (const page of inWholeKeys(source())) cut.push(page);

        expect(cut.flat()).toEqual(versions);
        const keys = cut.flatMap((page) => [...new Set(page.map(({ key }) => key))]);
        expect(keys).toEqual([...new Set(sorted)]);
      }),
    );
  });

  test("tell the newest version of a key, and those before each", () => {
    const page = [listed("a", "v3"), listed("a", "v2"), listed("a", "v1"), listed("b", "w1")];
    const orderOf = listedOrders()(page);

    expect(page.map(orderOf)).toEqual([
      { newestVersionId: "v3", olderVersionIds: ["v2", "v1"] },
      { newestVersionId: "v3", olderVersionIds: ["v1"] },
      { newestVersionId: "v3", olderVersionIds: [] },
      { newestVersionId: "w1", olderVersionIds: [] },
    ]);
  });

  test("tell the newest version of a key also where it has so many that they come in parts", async () => {
    const many = Array.from({ length: 10_001 }, (_, index) => listed("a", `v${index}`));
    const source = async function* () {
      yield many.slice(0, 9_999);
      yield many.slice(9_999);
      yield [listed("a", "v10001"), listed("b", "w1")];
    };
    const ordersIn = listedOrders();

    const told: ListedOrder[][] = [];
    for await (const part of inWholeKeys(source())) told.push(part.map(ordersIn(part)));

    expect(told.map(({ length }) => length)).toEqual([10_001, 1, 1]);
    expect(told[0]?.at(-2)).toEqual({ newestVersionId: "v0", olderVersionIds: ["v10000"] });
    expect(told[1]).toEqual([{ newestVersionId: "v0", olderVersionIds: [] }]);
    expect(told[2]).toEqual([{ newestVersionId: "w1", olderVersionIds: [] }]);
  });

  test("tell it through all parts of a key, and of the next one's own first", () => {
    const ordersIn = listedOrders();
    const newestIn = (...part: readonly ObjectVersion[]) =>
      part.map(ordersIn(part)).map(({ newestVersionId }) => newestVersionId);

    expect(newestIn(listed("a", "v5"), listed("a", "v4"))).toEqual(["v5", "v5"]);
    expect(newestIn()).toEqual([]);
    expect(newestIn(listed("a", "v3"), listed("a", "v2"))).toEqual(["v5", "v5"]);
    expect(newestIn(listed("a", "v1"), listed("b", "w2"))).toEqual(["v5", "w2"]);
    expect(newestIn(listed("b", "w1"))).toEqual(["w2"]);
  });
});
