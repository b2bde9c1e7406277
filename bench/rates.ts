const LANES = 8;
const WARM_UP_SECONDS = 0.5;

/** Measures once; what it needs to be there was made before. */
export type Rate = () => Promise<number>;

/**
 * Calls as often as it can for some seconds, eight at once, after a moment of warming up; `call` gets a number that it never had before.
 * @returns what measures calls a second
 */
export function perSecond(seconds: number, call: (index: number) => Promise<unknown>): Rate {
  let index = 0;
  const during = async (length: number): Promise<{ calls: number; took: number }> => {
    const from = performance.now();
    const until = from + length * 1000;
    let calls = 0;
    const lane = async (): Promise<void> => {
      while (performance.now() < until) {
        await call(index++);
        calls += 1;
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return { calls, took: (performance.now() - from) / 1000 };
  };
  return async () => {
    await during(WARM_UP_SECONDS);
    const { calls, took } = await during(seconds);
    return calls / took;
  };
}
