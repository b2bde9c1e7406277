import { type Html, html } from "./html.ts";

interface TableOptions {
  /** Columns that are not there where they would hold nothing but noughts. */
  readonly leaveOut?: readonly string[];
  /** On a phone each row is a card; the roles say that it is a table all the same. */
  readonly asCards?: boolean;
}

/** A table that is opened by whoever wants the figures. */
export function folded(
  summary: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): Html {
  return html`<details>
    <summary>${summary}</summary>
    ${table(head, rows, options)}
  </details>`;
}

/** The first column names its row. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { leaveOut = [], asCards = false }: TableOptions = {},
): Html {
  const kept = head.map(
    (name, column) => !leaveOut.includes(name) || rows.some((row) => row[column] !== "0"),
  );
  const inColumns = (cells: readonly string[]) => cells.filter((_, column) => kept[column] === true);
  const names = inColumns(head);
  const cellsOf = (row: readonly string[]): Html[] =>
    inColumns(row).map((cell, column) =>
      column === 0
        ? html`<th scope="row" role="rowheader">${cell}</th>`
        : html`<td role="cell" data-name="${names[column] ?? ""}">${cell}</td>`,
    );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${head[0] ?? ""} table">
    <table role="table" class="${asCards ? "cards" : "plain"}">
      <thead role="rowgroup">
        <tr role="row">
          ${names.map((name) => html`<th scope="col" role="columnheader">${name}</th>`)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows.map(
          (row) =>
            html`<tr role="row">
              ${cellsOf(row)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
