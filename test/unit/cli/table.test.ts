import { describe, expect, test } from "@jest/globals";
import { printable, table } from "../../../cli/table.ts";

describe("a table for the terminal", () => {
  test("gives each column the width of its widest cell", () => {
    expect(
      table(
        ["A", "LONG"],
        [
          ["one", "1"],
          ["x", "22222"],
        ],
      ),
    ).toBe("A    LONG\none  1\nx    22222");
  });

  test("counts emoji and East Asian characters as two columns", () => {
    const [, first, second] = table(
      ["NAME", "N"],
      [
        ["写真🎉", "1"],
        ["abcdef", "2"],
      ],
    ).split("\n");

    expect(first).toBe("写真🎉  1");
    expect(second).toBe("abcdef  2");
  });

  test("lets no file name move the cursor, forge a line or turn the text around", () => {
    expect(printable("a\u001b[2Jb\nc\u202ed\u009be")).toBe("a\u{fffd}[2Jb\u{fffd}c\u{fffd}d\u{fffd}e");
  });

  test("cuts long cells with an ellipsis, and never an emoji in half", () => {
    const [, row] = table(["X"], [[`${"a".repeat(69)}👩‍👩‍👧bb`]]).split("\n");

    expect(row).toBe(`${"a".repeat(69)}👩‍👩‍👧\u2026`);
  });

  test("takes from the widest columns what a narrow terminal lacks, and never from an id", () => {
    const header = ["JOB", "STATE", "WHAT"];
    const rows = [["0".repeat(32), "SUCCEEDED", "images/a-name-that-goes-on-and-on.jpg"]];

    const [, row] = table(header, rows, 70).split("\n");
    const [, narrowest] = table(header, rows, 20).split("\n");

    expect(row).toBe(`${"0".repeat(32)}  SUCCEEDED  images/a-name-that-goes-\u2026`);
    expect(narrowest).toBe(`${"0".repeat(32)}  SUCCEEDED  images/a-na\u2026`);
  });

  test("is as wide as the terminal that it is printed on", () => {
    const { columns } = process.stdout;
    try {
      process.stdout.columns = 20;
      const [header] = table(["A".repeat(40)], []).split("\n");

      expect(header).toHaveLength(20);
    } finally {
      process.stdout.columns = columns;
    }
  });
});
