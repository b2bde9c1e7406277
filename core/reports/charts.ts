import { clockTime, inCount } from "./figures.ts";
import { type Html, html } from "./html.ts";

/** How a job may have ended, in the order in which bars are stacked. */
export const OUTCOMES = [
  ["succeeded", "succeeded"],
  ["failed", "failed"],
  ["dropped", "cancelled or superseded"],
  ["open", "not ended yet"],
] as const;

type Counts = Readonly<Record<(typeof OUTCOMES)[number][0], number>>;

const HEIGHT = 170;
/** Above the uppermost line, so that its figure has room. */
const TOP = 10;
/** Of a minute's room, what its bar takes. */
const BAR_SHARE = 0.78;

/**
 * Sixty bars, one for each minute, stacked by outcome. Lengths across are shares of whatever room there is, so the picture fits a phone
 * and its letters keep their size.
 */
export function minutesChart(
  minutes: readonly Counts[],
  { from, id, description }: { from: string; id: string; description: string },
): Html {
  const sums = minutes.map((minute) => OUTCOMES.reduce((sum, [outcome]) => sum + minute[outcome], 0));
  const top = niceTop(Math.max(1, ...sums));
  const height = HEIGHT - TOP;
  const slot = 100 / minutes.length;
  const bars = minutes.map((minute, index) => {
    let y = HEIGHT;
    const parts = OUTCOMES.flatMap(([outcome]) => {
      if (minute[outcome] === 0) return [];
      // One job among thousands is still to be seen.
      const tall = Math.max(3, (minute[outcome] / top) * height);
      y -= tall;
      const box = html`x="${at((index + (1 - BAR_SHARE) / 2) * slot)}%" y="${at(y)}"
      width="${at(BAR_SHARE * slot)}%" height="${at(tall)}"`;
      return [
        html`<rect
            class="${outcome}"
            ${box}
          />${outcome === "failed" ? html`<rect class="hatch" ${box} />` : ""}`,
      ];
    });
    const said = OUTCOMES.filter(([outcome]) => minute[outcome] > 0)
      .map(([outcome, words]) => `${inCount(minute[outcome])} ${words}`)
      .join(", ");
    return parts.length === 0
      ? html``
      : html`<g><title>${clockTime(from, index)}: ${said}</title>${parts}</g>`;
  });
  const lines = [0, 0.5, 1].map((share) => {
    const y = at(HEIGHT - share * height - (share === 0 ? 0.5 : 0));
    return html`<line class="grid" x1="0" x2="100%" y1="${y}" y2="${y}" />`;
  });
  const labels = [0, 1, ...(top % 2 === 0 ? [0.5] : [])].map(
    (share) =>
      html`<text class="axis" x="-8" y="${at(HEIGHT - share * height + 4)}">${inCount(top * share)}</text>`,
  );
  const times = [0, 15, 30, 45].map((minute) => html`<span>${clockTime(from, minute)}</span>`);
  return html`<div class="minutes">
    <svg width="100%" height="${HEIGHT}" role="img" aria-labelledby="${id}-title">
      <title id="${id}-title">${description}</title>
      ${HATCH}${lines}${bars}${labels}
    </svg>
    <div class="times" aria-hidden="true">${times}</div>
  </div>`;
}

/** Failures are to be told by more than their colour. */
const HATCH = html`<defs>
  <pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
    <line y2="5" />
  </pattern>
</defs>`;

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** What stands at the bar's end. */
  readonly label: string;
}

/** Horizontal bars with their names before and their figures behind them: a list, which is read aloud as it stands. */
export function barsChart(bars: readonly Bar[], description: string, kind: string): Html {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const rows = bars.map(
    ({ name, value, label }) =>
      html`<li>
        <span class="name">${name}</span>
        <span class="bar"><i class="${kind}" style="width: ${at((value / most) * 100)}%"></i></span>
        <span class="value">${label}</span>
      </li>`,
  );
  return html`<ul class="bars" aria-label="${description}">
    ${rows}
  </ul>`;
}

const STEPS = [1, 2, 3, 4, 5, 6, 8, 10];

/** The least round number that is no smaller. */
function niceTop(most: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(most));
  return STEPS.map((step) => step * magnitude).find((step) => step >= most) ?? most;
}

function at(position: number): string {
  return String(Math.round(position * 100) / 100);
}
