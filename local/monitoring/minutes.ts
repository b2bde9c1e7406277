/** After a long jump of the clock only this many minutes are lived through; what is older decides nothing any more. */
const mostAtOnce = 180;

/** Finds out which minutes have ended since it was last asked; a minute may be shorter than sixty seconds. */
export class Minutes {
  #last: number | undefined;

  /** The ends of minutes, oldest first: multiples of `minuteMs` since 1970. */
  ended(now: number, minuteMs: number): number[] {
    const newest = Math.floor(now / minuteMs) * minuteMs;
    const last = this.#last ?? newest;
    this.#last = newest;
    const count = Math.min(mostAtOnce, Math.max(0, Math.round((newest - last) / minuteMs)));
    return Array.from({ length: count }, (_, index) => newest - (count - 1 - index) * minuteMs);
  }
}
