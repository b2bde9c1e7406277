/**
 * How many jobs are worked on at once. One that may end the whole worker goes alone: it waits for the others, and they for it.
 */
export class JobLanes {
  readonly #count: number;
  #occupied = 0;
  #working = 0;
  #waitingAlone = 0;
  /** Settles when all those are through that went alone so far. */
  #alone: Promise<unknown> = Promise.resolve();
  #changed = Promise.withResolvers<void>();

  constructor(count: number) {
    this.#count = count;
  }

  /** How many may be taken up now; none while one waits to go alone. */
  get free(): number {
    return this.#waitingAlone > 0 ? 0 : this.#count - this.#occupied;
  }

  get isIdle(): boolean {
    return this.#occupied === 0;
  }

  /** Resolves when something has come to its end. */
  async change(): Promise<void> {
    await this.#changed.promise;
  }

  /** Takes a lane until all is over; the work in it goes through `beside` or `alone`. */
  async occupy<T>(all: () => Promise<T>): Promise<T> {
    this.#occupied += 1;
    try {
      return await all();
    } finally {
      this.#occupied -= 1;
      this.#tell();
    }
  }

  /** Works beside the others, but for those that go alone. */
  async beside<T>(work: () => Promise<T>): Promise<T> {
    while (this.#waitingAlone > 0) await this.change();
    return this.#do(work);
  }

  /** Works while nothing else is worked on. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#alone;
    const through = Promise.withResolvers<void>();
    this.#alone = through.promise;
    this.#waitingAlone += 1;
    try {
      await before;
      while (this.#working > 0) await this.change();
      return await this.#do(work);
    } finally {
      this.#waitingAlone -= 1;
      through.resolve();
      this.#tell();
    }
  }

  async #do<T>(work: () => Promise<T>): Promise<T> {
    this.#working += 1;
    try {
      return await work();
    } finally {
      this.#working -= 1;
      this.#tell();
    }
  }

  #tell(): void {
    const changed = this.#changed;
    this.#changed = Promise.withResolvers<void>();
    changed.resolve();
  }
}
