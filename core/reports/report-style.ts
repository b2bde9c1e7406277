import { Html } from "./html.ts";

/** The page's looks, light and dark, on a screen, a phone and on paper. No font, picture or script comes from elsewhere. */
export const REPORT_STYLE = new Html(`<style>
:root {
  color-scheme: light dark;
  --page: #f6f5f2; --card: #ffffff; --ink: #1d2329; --soft: #5b6570; --line: #e3e1db;
  --succeeded: #1f8a70; --failed: #cc3d3d; --dropped: #9a6fb0; --open: #d9a521; --type: #3f74b5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --card: #1d2226; --ink: #e9ebec; --soft: #a3adb6; --line: #31383e;
    --succeeded: #4dc0a1; --failed: #f07b78; --dropped: #c39ad6; --open: #ecc255; --type: #7fb0ea;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
main { max-width: 900px; margin: 0 auto; padding: 40px 20px 64px; }
header { margin-bottom: 28px; }
h1 { font-size: 30px; line-height: 1.2; letter-spacing: -0.02em; margin: 0 0 6px; }
h2 { font-size: 18px; margin: 0 0 4px; }
p { margin: 0; }
.whole { white-space: nowrap; }
.soft, figcaption p { color: var(--soft); }
.verdict { font-size: 18px; margin-top: 14px; padding-left: 14px; border-left: 4px solid var(--succeeded); }
.verdict.bad { border-color: var(--failed); }
.verdict.waiting { border-color: var(--open); }
.tiles { display: grid; grid-template-columns: repeat(3, 1fr); gap: 12px; margin: 0 0 20px; padding: 0; list-style: none; }
.tiles li, section { background: var(--card); border: 1px solid var(--line); border-radius: 14px; }
.tiles li { padding: 14px 16px; }
.tiles b { display: block; font-size: 24px; white-space: nowrap; line-height: 1.25; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }
section { padding: 20px 22px; margin-bottom: 20px; }
figure { margin: 0; }
figcaption { margin-bottom: 14px; }
.minutes { padding-left: 46px; }
.minutes svg { display: block; overflow: visible; }
svg text { fill: var(--soft); font-size: 12px; text-anchor: end; font-variant-numeric: tabular-nums; }
svg .grid { stroke: var(--line); }
svg rect { stroke: var(--card); stroke-width: 1px; }
svg g:hover rect { opacity: 0.75; }
svg .hatch { fill: url(#hatch); stroke: none; }
#hatch line { stroke: var(--card); stroke-width: 2px; opacity: 0.5; }
.times { display: flex; margin-top: 6px; color: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
.times span { flex: 1; }
.bars { display: grid; grid-template-columns: fit-content(40%) 1fr max-content; gap: 10px 12px; margin: 0; padding: 0; list-style: none; }
.bars li { display: contents; }
.bars .name { overflow-wrap: anywhere; }
.bars .bar { align-self: center; }
.bars i { display: block; height: 18px; min-width: 3px; border-radius: 4px; background: var(--type); }
.bars .value { text-align: right; color: var(--soft); font-variant-numeric: tabular-nums; }
svg .succeeded { fill: var(--succeeded); } svg .failed { fill: var(--failed); }
svg .dropped { fill: var(--dropped); } svg .open { fill: var(--open); } svg .type { fill: var(--type); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 12px 0 0; padding: 0; list-style: none; color: var(--soft); font-size: 14px; }
.legend i { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 7px; }
.bars i, .legend i { print-color-adjust: exact; forced-color-adjust: none; }
svg { print-color-adjust: exact; forced-color-adjust: none; }
.legend .succeeded { background: var(--succeeded); }
.legend .failed, .bars .failed { background: repeating-linear-gradient(-45deg, transparent 0 3px, color-mix(in srgb, var(--card) 50%, transparent) 3px 5px) var(--failed); }
.legend .dropped { background: var(--dropped); } .legend .open { background: var(--open); }
details { margin-top: 14px; }
summary { cursor: pointer; color: var(--soft); font-size: 14px; }
summary:focus-visible { outline: 2px solid var(--type); outline-offset: 3px; border-radius: 4px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin-top: 10px; font-size: 14px; font-variant-numeric: tabular-nums; }
td { white-space: nowrap; }
th, td { text-align: right; padding: 7px 10px; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
th { color: var(--soft); font-weight: 600; }
.failures { margin: 18px 0 0; padding: 0; list-style: none; }
.failures li { padding: 12px 0; border-top: 1px solid var(--line); }
.failures bdi, .failures code { overflow-wrap: anywhere; }
code { font: 13px ui-monospace, "SF Mono", Menlo, Consolas, monospace; background: var(--page); border-radius: 5px; padding: 2px 4px; }
footer { color: var(--soft); font-size: 13px; }
@media (max-width: 560px) {
  main { padding: 28px 14px 48px; }
  h1 { font-size: 26px; }
  section { padding: 18px 16px; }
  .tiles { grid-template-columns: repeat(2, 1fr); }
  table { font-size: 13px; }
  .plain :is(th, td) { padding: 7px 6px; }
  .cards thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .cards, .cards tbody { display: block; }
  .cards tr { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 2px 16px; padding: 10px 0; border-bottom: 1px solid var(--line); }
  .cards tr:last-child { border-bottom: 0; padding-bottom: 0; }
  .cards :is(th, td) { border: 0; padding: 2px 0; }
  .cards th[scope="row"] { grid-column: 1 / -1; color: var(--ink); }
  .cards td { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 8px; white-space: normal; }
  .cards td::before { content: attr(data-name); color: var(--soft); text-align: left; }
}
@media print { body { background: none; } .tiles li, section { break-inside: avoid; } }
</style>`);
