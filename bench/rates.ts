const LANES = 8;
const WARM_UP_SECONDS = 0.5;

/** Calls as often as it can for some seconds, eight at once, after a moment of warming up. @returns calls a second */
export async function perSecond(seconds: number, call: (index: number) => Promise<unknown>): Promise<number> {
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
  await during(WARM_UP_SECONDS);
  const { calls, took } = await during(seconds);
  return calls / took;
}
