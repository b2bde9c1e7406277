/** Names and reasons come from strangers: nothing in them may move the cursor or forge a line. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what has to go
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, "\u{fffd}");
}

const MAX_CELL_WIDTH = 72;
const MIN_CELL_WIDTH = 12;
const GAP = "  ";
/** Ids are copied into the next command, so they stay whole. */
const NEVER_CUT = "JOB";

/**
 * A table of text with a header line; columns are as wide as they need, and no wider than is readable.
 * @param terminalColumns as wide as a terminal is: its widest columns are cut to fit, as far as something can still be read in them
 */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  terminalColumns: number | undefined = process.stdout.columns,
): string {
  const cells = [header, ...rows].map((row) => row.map((cell) => printable(cell)));
  const needed = header.map((_, column) =>
    Math.min(MAX_CELL_WIDTH, Math.max(...cells.map((row) => widthOf(row[column] ?? "")))),
  );
  const widths = fitted(needed, header, terminalColumns);
  return cells
    .map((row) =>
      row
        .map((cell, column) => padded(cell, widths[column] ?? 0))
        .join(GAP)
        .trimEnd(),
    )
    .join("\n");
}

/** Takes from the widest column, one place after the other, until all fit or nothing more can be taken. */
function fitted(
  needed: readonly number[],
  header: readonly string[],
  terminalColumns = Number.POSITIVE_INFINITY,
): number[] {
  const widths = [...needed];
  const room = terminalColumns - GAP.length * (widths.length - 1);
  const cuttable = (column: number): number => (header[column] === NEVER_CUT ? 0 : (widths[column] ?? 0));
  while (widths.reduce((sum, width) => sum + width, 0) > room) {
    const widest = widths.reduce((best, _, column) => (cuttable(column) > cuttable(best) ? column : best), 0);
    if (cuttable(widest) <= MIN_CELL_WIDTH) break;
    widths[widest] = cuttable(widest) - 1;
  }
  return widths;
}

const segmenter = new Intl.Segmenter();

function padded(cell: string, width: number): string {
  const text = cut(cell, width);
  return text + " ".repeat(width - widthOf(text));
}

function cut(cell: string, width: number): string {
  if (widthOf(cell) <= width) return cell;
  let text = "";
  let left = width - 1;
  for (const { segment } of segmenter.segment(cell)) {
    left -= widthOf(segment);
    if (left < 0) break;
    text += segment;
  }
  return `${text}\u2026`;
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
