/** Figures as people read them. */

const UNITS = ["bytes", "KB", "MB", "GB", "TB", "PB"] as const;

export function inBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit] ?? ""}`;
}

export function inCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

const LEAST_USD = 0.0001;

export function inDollars(usd: number): string {
  if (usd === 0) return "$0";
  if (usd < LEAST_USD) return `under $${LEAST_USD}`;
  if (usd < 1) return `$${usd.toPrecision(2)}`;
  const [dollars = "", cents = ""] = usd.toFixed(2).split(".");
  return `$${inCount(Number(dollars))}.${cents}`;
}

export function inShare(part: number, whole: number): string {
  const percent = (100 * part) / whole;
  // Never 100 % where one is missing, nor 0 % where there is one.
  if (percent > 99 && part < whole) return "over 99 %";
  return percent < 1 && part > 0 ? "under 1 %" : `${Math.round(percent)} %`;
}

/** 20:45, UTC. */
export function clockTime(from: string, minutesLater: number): string {
  return new Date(Date.parse(from) + minutesLater * 60_000).toISOString().slice(11, 16);
}
