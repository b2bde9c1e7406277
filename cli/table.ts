/** Names and reasons come from strangers: nothing in them may move the cursor or forge a line. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what has to go
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, "\u{fffd}");
}

const MAX_CELL_WIDTH = 72;

/** A table of text with a header line; columns are as wide as they need, and no wider than is readable. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [header, ...rows].map((row) => row.map((cell) => cut(printable(cell))));
  const widths = header.map((_, column) => Math.max(...cells.map((row) => widthOf(row[column] ?? ""))));
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - widthOf(cell)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

const segmenter = new Intl.Segmenter();

function cut(cell: string): string {
  const characters = [...segmenter.segment(cell)].map(({ segment }) => segment);
  return characters.length <= MAX_CELL_WIDTH
    ? cell
    : `${characters.slice(0, MAX_CELL_WIDTH - 1).join("")}\u2026`;
}

/** Terminal columns: emoji and East Asian characters take two. */
function widthOf(cell: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(cell)) {
    width +=
      /\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/u.test(
        segment,
      )
        ? 2
        : 1;
  }
  return width;
}
