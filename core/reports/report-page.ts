import type { HourlyReport, ReportedWork } from "#events/slipway/hourly-report.ts";
import { barsChart, minutesChart, OUTCOMES } from "./charts.ts";
import { clockTime, inBytes, inCount, inDollars, inShare } from "./figures.ts";
import { type Html, html } from "./html.ts";
import { folded, table } from "./tables.ts";
import { REPORT_STYLE } from "./report-style.ts";

/** More bars than these are no picture any more; the table has all of them. */
const MOST_BARS = 8;
const LONGEST_NAME = 160;
/** In the order of OUTCOMES. */
const OUTCOME_COLUMNS = ["Succeeded", "Failed", "Dropped", "Open"];

/** The hour's report as one page that needs nothing else: no script, no font, no picture from anywhere. */
export function reportPage(report: HourlyReport): string {
  const { hour, tick, bucket, writtenAt, days } = report;
  const title = `The hour to ${inMinutes(tick)}`;
  const heading = html`The hour to <span class="whole">${inMinutes(tick)}</span>`;
  // The policy lets nothing in even if a name found a way through.
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Slipway</title>
        ${REPORT_STYLE}
      </head>
      <body>
        <main>
          <header>
            <p class="soft">Slipway · hourly report</p>
            <h1>${heading}</h1>
            <p class="soft">
              <span class="whole">${inMinutes(hour.from)}</span> to
              <span class="whole">${inMinutes(hour.to)} UTC</span> · bucket <bdi>${bucket}</bdi>
            </p>
            ${verdict(report)}
          </header>
          ${tiles(report)} ${minutesSection(hour)} ${failuresSection(hour)} ${typesSection(hour)}
          ${pipelinesSection(hour)} ${inventorySection(report)}
          <footer>
            Written ${inMinutes(writtenAt)} UTC. Jobs are those recorded in the hour, as they stood then; cost
            is their share of what finished runs cost, an estimate by the price
            list${"queue" in hour.types ? "; the workers of queues are paid by the hour and not in it" : ""}.
            The inventory looked back ${days} days. The same figures are in <code>${tick}.json</code>.
          </footer>
        </main>
      </body>
    </html> `.text;
}

function verdict({ hour: { total }, pipelines }: HourlyReport): Html {
  const healed = Object.values(pipelines).reduce((sum, { sent }) => sum + sent, 0);
  const said = [
    healed > 0
      ? `${inCount(healed)} ${healed === 1 ? "upload" : "uploads"} whose event was lost got a job.`
      : "",
    total.failed > 0 ? `${inCount(total.failed)} of ${inCount(total.jobs)} jobs failed.` : "",
    total.failed === 0 && total.jobs > 0
      ? `${total.open === 0 ? "All" : "No failure among"} ${inCount(total.jobs)} jobs${total.open === 0 ? " ended well." : `; ${inCount(total.open)} had not ended yet.`}`
      : "",
    total.jobs === 0 ? `No job was recorded in the hour${healed > 0 ? " itself" : ""}.` : "",
  ].filter((sentence) => sentence !== "");
  const kind = total.failed > 0 ? "bad" : healed > 0 || total.open > 0 ? "waiting" : "good";
  return html`<p class="verdict ${kind}">${said.join(" ")}</p>`;
}

function tiles({ hour: { total }, pipelines }: HourlyReport): Html {
  const listed = Object.values(pipelines).reduce((sum, one) => sum + one.listed, 0);
  const figures: [value: string, name: string][] = [
    [inCount(total.jobs), "jobs recorded"],
    [total.jobs === 0 ? "\u2013" : inShare(total.succeeded, total.jobs), "succeeded"],
    [inCount(total.failed), "failed"],
    [inBytes(total.bytes), "uploaded"],
    [inDollars(total.costUsd), `in ${inCount(total.runs)} ${total.runs === 1 ? "run" : "runs"}`],
    [inCount(listed), "versions listed"],
  ];
  return html`<ul class="tiles">
    ${figures.map(([value, name]) => html`<li><b>${value}</b><span class="soft">${name}</span></li>`)}
  </ul>`;
}

function minutesSection({ from, minutes, total }: HourlyReport["hour"]): Html {
  if (total.jobs === 0) return html``;
  const busiest = Math.max(
    ...minutes.map((minute) => OUTCOMES.reduce((sum, [outcome]) => sum + minute[outcome], 0)),
  );
  const described = `Jobs by the minute in which they were recorded, at most ${inCount(busiest)} in one`;
  const rows = minutes.flatMap((minute, index) => {
    const counts = OUTCOMES.map(([outcome]) => minute[outcome]);
    return counts.some((count) => count > 0) ? [[clockTime(from, index), ...counts.map(inCount)]] : [];
  });
  const legend = OUTCOMES.filter(([outcome]) => total[outcome] > 0).map(
    ([outcome, words]) => html`<li><i class="${outcome}"></i>${inCount(total[outcome])} ${words}</li>`,
  );
  return html`<section>
    <figure>
      <figcaption>
        <h2>Minute by minute</h2>
        <p>${described}.</p>
      </figcaption>
      ${minutesChart(minutes, { from, id: "minutes", description: described })}
      <ul class="legend">
        ${legend}
      </ul>
      ${folded("Minutes as a table", ["Minute", ...OUTCOME_COLUMNS], rows, { leaveOut: OUTCOME_COLUMNS })}
    </figure>
  </section>`;
}

function failuresSection({ failures, total }: HourlyReport["hour"]): Html {
  if (failures.length === 0) return html``;
  const bars = failures.map(({ class: name, jobs }) => ({ name, value: jobs, label: inCount(jobs) }));
  const described = `${inCount(total.failed)} failed jobs by class`;
  const examples = failures.map(
    ({ class: name, jobs, example }) =>
      html`<li>
        <p>
          <strong>${name}</strong>${jobs > 1 ? ` · one of ${inCount(jobs)}` : ""}:
          <bdi>${cut(example.subject)}</bdi>
        </p>
        <p>${example.reason}</p>
        <p class="soft">${example.advice}</p>
        <p class="soft"><code>npx slipway job ${example.jobId}</code></p>
      </li>`,
  );
  return html`<section>
    <figure>
      <figcaption>
        <h2>What failed</h2>
        <p>${described}.</p>
      </figcaption>
      ${barsChart(bars, described, "failed")}
    </figure>
    <ul class="failures">
      ${examples}
    </ul>
  </section>`;
}

function typesSection({ types }: HourlyReport["hour"]): Html {
  const all = Object.entries(types);
  if (all.length === 0) return html``;
  const bars = all.slice(0, MOST_BARS).map(([name, { jobs, bytes }]) => ({
    name,
    value: jobs,
    label: bytes === 0 ? inCount(jobs) : `${inCount(jobs)} · ${inBytes(bytes)}`,
  }));
  const described = `Jobs by type, the ending of the file's name${all.length > MOST_BARS ? `; the first ${MOST_BARS} of ${all.length}` : ""}`;
  const rows = all.map(([name, { jobs, bytes }]) => [name, inCount(jobs), inBytes(bytes)]);
  return html`<section>
    <figure>
      <figcaption>
        <h2>What came</h2>
        <p>${described}.</p>
      </figcaption>
      ${barsChart(bars, described, "type")} ${folded("All types as a table", ["Type", "Jobs", "Bytes"], rows)}
    </figure>
  </section>`;
}

function pipelinesSection({ pipelines, total }: HourlyReport["hour"]): Html {
  const rowOf = (name: string, work: ReportedWork): string[] => [
    name,
    inCount(work.jobs),
    inCount(work.succeeded),
    inCount(work.failed),
    inCount(work.dropped),
    inCount(work.open),
    inCount(work.runs),
    inDollars(work.costUsd),
  ];
  const rows = Object.entries(pipelines).map(([name, work]) => rowOf(name, work));
  if (rows.length === 0) return html``;
  return html`<section>
    <h2>Pipelines</h2>
    ${table(
      ["Pipeline", "Jobs", ...OUTCOME_COLUMNS, "Runs", "Cost"],
      rows.length > 1 ? [...rows, rowOf("Together", total)] : rows,
      { leaveOut: ["Dropped", "Open", "Runs"], asCards: true },
    )}
  </section>`;
}

function inventorySection({ pipelines, days }: HourlyReport): Html {
  const rows = Object.entries(pipelines).map(([name, count]) => [
    name,
    inCount(count.listed),
    inBytes(count.bytes),
    inCount(count.sent),
    inCount(count.known),
    inCount(count.checked),
    inCount(count.settling),
    inCount(count.outOfWindow),
    inCount(count.tooOld),
  ]);
  if (rows.length === 0) return html``;
  return html`<section>
    <h2>The bucket</h2>
    <p class="soft">What the listing of all object versions came to. Healed ones had no job and got one.</p>
    ${table(
      [
        "Pipeline",
        "Versions",
        "Bytes",
        "Healed",
        "Known",
        "Looked at before",
        "Too young",
        `Older than ${days} days`,
        "Before the first deploy",
      ],
      rows,
      {
        leaveOut: [
          "Known",
          "Looked at before",
          "Too young",
          `Older than ${days} days`,
          "Before the first deploy",
        ],
        asCards: true,
      },
    )}
  </section>`;
}

function cut(name: string): string {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1)}\u2026`;
}

/** 2026-11-22 20:00 */
function inMinutes(time: string): string {
  return time.slice(0, 16).replace("T", " ");
}
