import { inCount } from "./figures.ts";
import { type Html, html } from "./html.ts";

/** How a job may have ended, in the order in which bars are stacked. */
export const OUTCOMES = [
  ["succeeded", "succeeded"],
  ["failed", "failed"],
  ["dropped", "cancelled or superseded"],
  ["open", "not ended yet"],
] as const;

type Counts = Readonly<Record<(typeof OUTCOMES)[number][0], number>>;

const WIDTH = 720;
const HEIGHT = 190;
const LEFT = 48;
const TOP = 12;
const BOTTOM = 26;
const GAP = 2;

/** Sixty bars, one for each minute, stacked by outcome. */
export function minutesChart(minutes: readonly Counts[], id: string, description: string): Html {
  const sums = minutes.map((minute) => OUTCOMES.reduce((sum, [outcome]) => sum + minute[outcome], 0));
  const top = niceTop(Math.max(1, ...sums));
  const height = HEIGHT - TOP - BOTTOM;
  const slot = (WIDTH - LEFT) / minutes.length;
  const bars = minutes.map((minute, index) => {
    let y = HEIGHT - BOTTOM;
    const parts = OUTCOMES.flatMap(([outcome]) => {
      if (minute[outcome] === 0) return [];
      // One job among thousands is still to be seen.
      const tall = Math.max(1.5, (minute[outcome] / top) * height);
      y -= tall;
      return [
        html`<rect
          class="${outcome}"
          x="${at(LEFT + index * slot + GAP / 2)}"
          y="${at(y)}"
          width="${at(slot - GAP)}"
          height="${at(tall)}"
          rx="1.5"
        />`,
      ];
    });
    const said = OUTCOMES.filter(([outcome]) => minute[outcome] > 0)
      .map(([outcome, words]) => `${inCount(minute[outcome])} ${words}`)
      .join(", ");
    return parts.length === 0 ? html`` : html`<g><title>Minute ${index}: ${said}</title>${parts}</g>`;
  });
  const lines = [0, 0.5, 1].map((share) => {
    const y = HEIGHT - BOTTOM - share * height;
    return html`<line class="grid" x1="${LEFT}" x2="${WIDTH}" y1="${at(y)}" y2="${at(y)}" /><text
        class="axis"
        x="${LEFT - 8}"
        y="${at(y + 4)}"
        text-anchor="end"
        >${share === 0.5 && top === 1 ? "" : inCount(top * share)}</text
      >`;
  });
  const ticks = [0, 15, 30, 45].map(
    (minute) =>
      html`<text class="axis" x="${at(LEFT + (minute + 0.5) * slot)}" y="${HEIGHT - 6}" text-anchor="middle"
        >:${String(minute).padStart(2, "0")}</text
      >`,
  );
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}-title">
    <title id="${id}-title">${description}</title>
    ${lines}${bars}${ticks}
  </svg>`;
}

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** What stands at the bar's end. */
  readonly label: string;
}

const ROW = 30;
const NAMES = 150;
const LABELS = 150;

/** Horizontal bars with their names before and their figures behind them. */
export function barsChart(bars: readonly Bar[], id: string, description: string, kind: string): Html {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const room = WIDTH - NAMES - LABELS;
  const rows = bars.map(({ name, value, label }, index) => {
    const wide = Math.max(2, (value / most) * room);
    const y = index * ROW;
    return html`<g
      ><text class="name" x="${NAMES - 12}" y="${y + 19}" text-anchor="end">${name}</text
      ><rect class="${kind}" x="${NAMES}" y="${y + 6}" width="${at(wide)}" height="18" rx="4" /><text
        class="value"
        x="${at(NAMES + wide + 10)}"
        y="${y + 19}"
        >${label}</text
      ></g
    >`;
  });
  return html`<svg viewBox="0 0 ${WIDTH} ${bars.length * ROW + 4}" role="img" aria-labelledby="${id}-title">
    <title id="${id}-title">${description}</title>
    ${rows}
  </svg>`;
}

/** The least of 1, 2, 5, 10, 20, 50 ... that is no smaller. */
function niceTop(most: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((step) => step * magnitude).find((step) => step >= most) ?? most;
}

function at(position: number): string {
  return String(Math.round(position * 10) / 10);
}
