import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  lineOf,
  type ObjectLine,
  placeVersion,
  pointTo,
  type VersionInLine,
} from "#core/ordering/object-line.ts";

const objectId = "object";

function aVersion(number: number, change: Partial<VersionInLine> = {}): VersionInLine {
  return { jobId: `job-${number}`, versionId: `v${number}`, sequencer: `00${number}`, ...change };
}

/** As the inventory finds it: without a sequencer. */
function listedVersion(number: number, newest: number, older: number[]): VersionInLine {
  const listed = { newestVersionId: `v${newest}`, olderVersionIds: older.map((n) => `v${n}`) };
  return { jobId: `job-${number}`, versionId: `v${number}`, listed };
}

function place(line: ObjectLine | undefined, version: VersionInLine) {
  const older = version.listed?.olderVersionIds ?? [];
  const olderJobIds = older.map((versionId) => versionId.replace("v", "job-")).reverse();
  return placeVersion(line, { objectId, olderJobIds, ...version });
}

describe("a version that comes after another", () => {
  test.each([
    ["newer by its sequencer", aVersion(1), aVersion(2), "newest"],
    ["older by its sequencer", aVersion(2), aVersion(1), "older"],
    ["the same again", aVersion(2), aVersion(2), "newest"],
    ["listed as the newest, after one that the listing had", aVersion(1), listedVersion(2, 2, [1]), "newest"],
    ["listed, with a newer one in the listing", aVersion(1), listedVersion(2, 3, []), "older"],
    [
      "listed as the newest, and the other was not in the listing",
      aVersion(3),
      listedVersion(2, 2, [1]),
      "unknown",
    ],
    ["late, and was in the listing of the other", listedVersion(2, 2, [1]), aVersion(1), "older"],
    ["new, and was not in the listing of the other", listedVersion(2, 2, [1]), aVersion(3), "newest"],
    [
      "listed before, as the other's listing has it",
      listedVersion(3, 3, [2, 1]),
      listedVersion(2, 2, [1]),
      "older",
    ],
    [
      "listed later, with the other in its listing",
      listedVersion(2, 2, [1]),
      listedVersion(3, 3, [2, 1]),
      "newest",
    ],
  ] as const)("is in its place where it is %s", (_, first, second, type) => {
    expect(place(lineOf(objectId, first), second).type).toBe(type);
  });

  test("is older although it is the first to be recorded, where its listing has a newer one", () => {
    expect(place(undefined, listedVersion(1, 2, []))).toEqual({
      type: "older",
      newerJobId: undefined,
      line: undefined,
    });
  });

  test("brings its sequencer after all, which then counts", () => {
    const learnt = place(lineOf(objectId, listedVersion(2, 2, [1])), aVersion(2));

    expect(learnt).toMatchObject({ line: { newest: { sequencer: "002" }, revision: 2 } });
  });
});

describe("the order of a key's versions", () => {
  const jobsAfter = (...versions: VersionInLine[]) => {
    let line: ObjectLine | undefined;
    for (const version of versions) line = place(line, version).line;
    return line?.jobs;
  };

  test.each([
    ["a listing found one between two", [aVersion(1), aVersion(3), listedVersion(2, 3, [1])], [1, 2, 3]],
    ["a listing found the newest", [aVersion(2), listedVersion(3, 3, [2, 1])], [1, 2, 3]],
    ["nobody can tell the newest", [aVersion(1), aVersion(3), listedVersion(2, 2, [1])], [1, 2, 3]],
    [
      "an event comes late that a listing did not have",
      [listedVersion(1, 1, []), aVersion(3), aVersion(2)],
      [1, 2, 3],
    ],
    [
      "an event comes late that a listing had",
      [aVersion(1), listedVersion(3, 3, [2, 1]), aVersion(4), aVersion(2)],
      [1, 2, 3, 4],
    ],
    [
      "a listing corrects it",
      [aVersion(5), aVersion(4), aVersion(2), listedVersion(3, 5, [2])],
      [2, 3, 4, 5],
    ],
    [
      "messages come again",
      [listedVersion(2, 2, [1]), aVersion(3), listedVersion(2, 2, [1]), aVersion(3)],
      [1, 2, 3],
    ],
  ])("is known where %s", (_, arrivals, order) => {
    expect(jobsAfter(...arrivals)).toEqual(order.map((number) => `job-${number}`));
  });

  test("is not guessed for a version that a full line may have forgotten", () => {
    const many = Array.from({ length: 100 }, (_, index) => aVersion(index + 20));

    expect(jobsAfter(...many, aVersion(10))).not.toContain("job-10");
  });

  test("tells that what a listing found is newer than the current result, also when many versions have come since", () => {
    const many = Array.from({ length: 25 }, (_, index) => aVersion(index + 100));
    let line = lineOf(objectId, aVersion(1));
    line = pointTo(line, aVersion(1)) ?? line;
    for (const version of [listedVersion(2, 2, [1]), ...many]) line = place(line, version).line ?? line;

    expect(pointTo(line, listedVersion(2, 2, [1]))).toMatchObject({ current: "job-2" });
  });

  test("is known of as many versions as a listing tells", () => {
    const many = Array.from({ length: 100 }, (_, index) => aVersion(index + 100));

    expect(jobsAfter(...many)).toContain("job-100");
    expect(jobsAfter(...many, aVersion(200))).not.toContain("job-100");
  });

  test("counts one write for whatever an arrival changes", () => {
    const begun = lineOf(objectId, { jobId: "job-2", versionId: "v2" });

    expect(place(begun, listedVersion(2, 2, [1])).line).toMatchObject({
      jobs: ["job-1", "job-2"],
      revision: 2,
    });
    expect(place(begun, { ...listedVersion(2, 2, [1]), sequencer: "002" }).line?.revision).toBe(2);
  });
});

test("in whatever order and however often events come, the newest is the greatest, and overtook all that were it before", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (arrivals) => {
      let line: ObjectLine | undefined;
      for (const number of arrivals) {
        const answer = place(line, aVersion(number));
        line = answer.line;
      }
      const numbers = (line?.jobs ?? []).map((jobId) => Number(jobId.slice(4)));
      expect(numbers.at(-1)).toBe(Math.max(...arrivals));
      expect(new Set(numbers)).toEqual(new Set(arrivals));
      const records = arrivals.filter((number, index) =>
        arrivals.slice(0, index).every((one) => one < number),
      );
      expect(line?.overtaken).toEqual(records.slice(0, -1).map((number) => `job-${number}`));
    }),
  );
});

test("in whatever order jobs succeed, an older version's result never replaces a newer one's", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1 }), (successes) => {
      let line = lineOf(objectId, aVersion(1));
      for (const number of [2, 3, 4, 5]) {
        const answer = place(line, aVersion(number));
        if (answer.type === "newest") line = answer.line;
      }
      const pointed: number[] = [];
      for (const number of successes) {
        line = pointTo(line, { jobId: `job-${number}` }) ?? line;
        pointed.push(Number(line.current?.slice(4)));
      }
      const inLine = successes.filter((number) => number <= 5);
      const greatest = inLine.length === 0 ? 6 : Math.max(...inLine);
      expect(pointed.at(-1)).toBe(greatest);
    }),
  );
});

test("a version that succeeded before it stood in the line is not replaced by an older one", () => {
  const older = { jobId: "job-1", sequencer: "0A" };
  const newer = { jobId: "job-2", sequencer: "0B" };
  const line = pointTo(lineOf(objectId, aVersion(1)), newer);

  expect(line?.current).toBe("job-2");
  expect(line && pointTo(line, older)).toBeUndefined();
  expect(line && pointTo(line, { jobId: "job-3", sequencer: "0C" })?.current).toBe("job-3");
});
