import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Browser, chromium, type Page } from "playwright-core";
import { HourlyReport } from "#events/slipway/hourly-report.ts";
import { reportPage } from "#core/reports/report-page.ts";
import { busyHour, HOSTILE_NAMES, quietHour } from "./support/busy-hour.ts";

const CHROMIUM = "/usr/bin/chromium";

describe("the hour's report", () => {
  test("adds up the hour: every job is in one outcome, one minute, one type and one pipeline", async () => {
    const { json } = await busyHour();
    const { hour } = HourlyReport.parse(json);

    const outcomes = (work: { succeeded: number; failed: number; dropped: number; open: number }) =>
      work.succeeded + work.failed + work.dropped + work.open;
    const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
    expect(hour.total.jobs).toBeGreaterThan(400);
    expect(outcomes(hour.total)).toBe(hour.total.jobs);
    expect(sum(hour.minutes.map(outcomes))).toBe(hour.total.jobs);
    expect(sum(Object.values(hour.types).map(({ jobs }) => jobs))).toBe(hour.total.jobs);
    expect(sum(Object.values(hour.types).map(({ bytes }) => bytes))).toBe(hour.total.bytes);
    expect(hour.pipelines["images"]).toEqual(hour.total);
    expect(hour.total.open).toBeGreaterThan(0);
    expect(hour.total.costUsd).toBeGreaterThan(0);
  });

  test("counts failures by class, each with an example that says why and what to do", async () => {
    const { hour } = (await busyHour()).json;

    expect(hour.failures).toEqual([
      {
        class: "application",
        jobs: HOSTILE_NAMES.length,
        example: expect.objectContaining({
          pipeline: "images",
          reason: expect.any(String),
          advice: expect.any(String),
        }),
      },
    ]);
    expect(hour.total.failed).toBe(HOSTILE_NAMES.length);
  });

  test("says what the bucket's listing came to, and what was healed", async () => {
    const { json } = await busyHour();

    expect(json.pipelines).toEqual({
      images: {
        listed: 1,
        bytes: 5000,
        known: 0,
        sent: 1,
        checked: 0,
        tooOld: 0,
        outOfWindow: 0,
        settling: 0,
      },
    });
  });

  test("is written as JSON and as a page, under the tick's time", async () => {
    const { written, json } = await busyHour();

    expect([...written].map(([key, { contentType }]) => [key, contentType])).toEqual([
      [`reports/${json.tick}.json`, "application/json"],
      [`reports/${json.tick}.html`, "text/html; charset=utf-8"],
    ]);
  });

  test("asks nobody for anything: no script, and nothing from anywhere", async () => {
    const { page } = await busyHour([]);

    expect(page).not.toMatch(/<script|<link|<img|@import|url\((?!#)|https?:/i);
    expect(page).toContain(`default-src 'none'`);
  });
});

const inChromium = existsSync(CHROMIUM) ? describe : describe.skip;
if (!existsSync(CHROMIUM))
  process.stderr.write(
    `\n*** ${CHROMIUM} is not installed: the report's page is NOT opened. apt-get install chromium ***\n\n`,
  );

inChromium("the page in a real browser", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-report-"));
  let browser: Browser;
  let busy = "";
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    busy = (await busyHour()).page;
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  /** As somebody opens it from his disk, without a network; every request and every complaint is noted. */
  async function open(html: string, options: Parameters<Browser["newPage"]>[0] = {}) {
    const file = join(folder, "report.html");
    writeFileSync(file, html);
    const context = await browser.newContext({ offline: true, ...options });
    const page = await context.newPage();
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    const url = pathToFileURL(file).href;
    await page.goto(url);
    return { page, url, requests, complaints };
  }
  const colourOf = (page: Page, property: "color" | "backgroundColor") =>
    page.evaluate<string>(`getComputedStyle(document.body).${property}`);

  test("opens offline, asks for nothing but itself, and complains of nothing", async () => {
    const { url, requests, complaints } = await open(busy);

    expect(requests).toEqual([url]);
    expect(complaints).toEqual([]);
  });

  test("shows hostile names as text: none of them becomes an element, or turns the page around", async () => {
    const { page } = await open(busy);

    expect(await page.title()).toMatch(/^The hour to 2026-11-22 21:00/);
    expect(await page.locator("script, img, b b, .failures b").count()).toBe(0);
    const text = await page.locator("body").innerText();
    expect(text).not.toMatch(/[\u202a-\u202e]/);
    expect(text).toContain(`is no <b>picture</b>.`);
  });

  test("draws a bar for each minute that had jobs, and one for each type", async () => {
    const { page } = await open(busy);

    expect(await page.locator("svg[aria-labelledby=minutes-title] g").count()).toBe(58);
    expect(await page.locator("ul[aria-label^='Jobs by type'] li .bar").count()).toBe(5);
    const heights = await page
      .locator("svg[aria-labelledby=minutes-title] rect")
      .evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().height));
    expect(Math.min(...heights)).toBeGreaterThan(0.5);
  });

  test("says of each minute when it was by the clock, also where the tick is not at the full hour", async () => {
    const { json } = await busyHour();
    const later = (time: string) => new Date(Date.parse(time) + 51 * 60_000).toISOString();
    const hour = { ...json.hour, from: later(json.hour.from), to: later(json.hour.to) };
    const { page } = await open(reportPage({ ...json, hour }));

    expect(await page.locator(".times span").allInnerTexts()).toEqual(["20:51", "21:06", "21:21", "21:36"]);
    expect(await page.locator("svg g title").first().textContent()).toMatch(/^20:51: \d+ succeeded/);
  });

  test("tells failures apart by more than their colour", async () => {
    const { page } = await open(busy);

    expect(await page.locator("svg rect.failed").count()).toBe(HOSTILE_NAMES.length);
    expect(await page.locator("svg rect.failed + rect.hatch").count()).toBe(HOSTILE_NAMES.length);
  });

  test.each([
    ["a phone", 360],
    ["a desk", 1280],
  ])("shows whole charts and whole tables on %s, of large figures too", async (_what, width) => {
    const { json } = await busyHour();
    const large = {
      jobs: 1_234_567,
      bytes: 9e14,
      succeeded: 1_200_000,
      failed: 34_567,
      runs: 99_999,
      costUsd: 1234.5,
    };
    const total = { ...json.hour.total, ...large };
    const images = {
      ...json.pipelines["images"],
      listed: 98_765_432,
      checked: 1_000_000,
      outOfWindow: 1_000_000,
    };
    const html = reportPage({
      ...json,
      pipelines: { images: { ...json.pipelines["images"], ...images } as (typeof json.pipelines)[string] },
      hour: { ...json.hour, total, pipelines: { images: total, renditions: total } },
    });
    const { page } = await open(html, { viewport: { width, height: 800 } });

    for (const details of await page.locator("summary").all()) await details.click();
    const cut = await page.evaluate<string[]>(
      `[...document.querySelectorAll("section, .scroll, .tiles li, .chart")]
        .filter((box) => box.scrollWidth > box.clientWidth)
        .map((box) => box.scrollWidth + " > " + box.clientWidth + ": " + box.innerText)`,
    );
    expect(cut).toEqual([]);
  });

  test("leaves out the columns that would hold nothing but noughts", async () => {
    const { page } = await open(busy);

    expect(await page.getByRole("columnheader", { name: "Healed" }).count()).toBe(1);
    expect(await page.getByRole("columnheader", { name: "Before the first deploy" }).count()).toBe(0);
  });

  test("tells a screen reader what each picture shows, and has its figures as a table too", async () => {
    const { page } = await open(busy);

    const pictures = page.getByRole("img");
    for (const picture of await pictures.all())
      expect((await picture.getAttribute("aria-labelledby")) ?? "").not.toBe("");
    expect(await page.getByRole("img", { name: /^Jobs by the minute/ }).count()).toBe(1);
    expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
    expect(await page.locator("html").getAttribute("lang")).toBe("en");
    expect(await page.locator("details table").count()).toBe(2);
    expect(await page.locator("table th:not([scope])").count()).toBe(0);
  });

  test.each(["light", "dark"] as const)("can be read in the %s", async (colorScheme) => {
    const { page } = await open(busy, { colorScheme });

    const [ink, paper] = [await colourOf(page, "color"), await colourOf(page, "backgroundColor")];
    expect(contrast(ink, paper)).toBeGreaterThan(7);
    expect(luminance(paper) > 0.5).toBe(colorScheme === "light");
  });

  test.each([
    ["a phone", 360],
    ["a desk", 1280],
  ])("fits %s without scrolling sideways", async (_what, width) => {
    const { page } = await open(busy, { viewport: { width, height: 800 } });

    expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
  });

  test("says so where nothing came", async () => {
    const { page } = await open((await quietHour()).page);

    expect(await page.locator(".verdict").innerText()).toContain("No job was recorded in the hour itself.");
    expect(await page.locator("svg, .bars").count()).toBe(0);
  });
});

/** https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(rgb: string): number {
  const [red = 0, green = 0, blue = 0] = (rgb.match(/\d+/g) ?? []).map((part) => {
    const share = Number(part) / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
