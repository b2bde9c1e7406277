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
.soft, figcaption p { color: var(--soft); }
.verdict { font-size: 18px; margin-top: 14px; padding-left: 14px; border-left: 4px solid var(--succeeded); }
.verdict.bad { border-color: var(--failed); }
.verdict.waiting { border-color: var(--open); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 12px; margin: 0 0 20px; padding: 0; list-style: none; }
.tiles li, section { background: var(--card); border: 1px solid var(--line); border-radius: 14px; }
.tiles li { padding: 14px 16px; }
.tiles b { display: block; font-size: 24px; white-space: nowrap; line-height: 1.25; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }
section { padding: 20px 22px; margin-bottom: 20px; }
figure { margin: 0; }
figcaption { margin-bottom: 14px; }
.chart { overflow-x: auto; }
svg { display: block; width: 100%; min-width: 540px; height: auto; }
svg text { fill: var(--ink); font-size: 14px; }
svg .axis { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
svg .value { fill: var(--soft); font-variant-numeric: tabular-nums; }
svg .grid { stroke: var(--line); }
svg .succeeded { fill: var(--succeeded); } svg .failed { fill: var(--failed); }
svg .dropped { fill: var(--dropped); } svg .open { fill: var(--open); } svg .type { fill: var(--type); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 12px 0 0; padding: 0; list-style: none; color: var(--soft); font-size: 14px; }
.legend i { display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin-right: 7px; }
.legend .succeeded { background: var(--succeeded); } .legend .failed { background: var(--failed); }
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
code { font: 13px ui-monospace, "SF Mono", Menlo, Consolas, monospace; background: var(--page); border-radius: 5px; padding: 2px 6px; }
footer { color: var(--soft); font-size: 13px; }
@media print { body { background: none; } .tiles li, section { break-inside: avoid; } }
</style>`);
