import { describe, expect, it } from "@jest/globals";
import { JobLanes } from "#runtime/job-lanes.ts";

const soon = () => new Promise((resolve) => setImmediate(resolve));

/** Work that ends when it is told to, and says when it begins. */
function task(story: string[], name: string) {
  const end = Promise.withResolvers<void>();
  const work = async () => {
    story.push(`${name} begins`);
    await end.promise;
    story.push(`${name} ends`);
  };
  return { work, end: () => end.resolve() };
}

describe("the lanes of a worker", () => {
  it("say how many are free, and when that changes", async () => {
    const lanes = new JobLanes(2);
    const one = task([], "one");
    void lanes.occupy(() => lanes.beside(one.work));
    expect(lanes.free).toBe(1);

    const changed = lanes.change();
    one.end();
    await changed;
    await soon();

    expect({ free: lanes.free, isIdle: lanes.isIdle }).toEqual({ free: 2, isIdle: true });
  });

  it("let one go alone that may end them all: after those at work, before those that come later", async () => {
    const lanes = new JobLanes(4);
    const story: string[] = [];
    const [first, killer, second, next] = ["first", "killer", "second killer", "next"].map((name) =>
      task(story, name),
    );
    void lanes.occupy(() => lanes.beside(first!.work));
    void lanes.occupy(() => lanes.alone(killer!.work));
    void lanes.occupy(() => lanes.alone(second!.work));
    void lanes.occupy(() => lanes.beside(next!.work));
    await soon();
    expect({ story: [...story], free: lanes.free }).toEqual({ story: ["first begins"], free: 0 });

    for (const ended of [first, killer, second, next]) {
      ended!.end();
      await soon();
      await soon();
    }

    expect(story).toEqual(
      ["first", "killer", "second killer", "next"].flatMap((name) => [`${name} begins`, `${name} ends`]),
    );
    expect(lanes.isIdle).toBe(true);
  });

  it("are free again after work that threw", async () => {
    const lanes = new JobLanes(1);

    await expect(lanes.occupy(() => lanes.alone(() => Promise.reject(new Error("no"))))).rejects.toThrow(
      "no",
    );

    expect(lanes.free).toBe(1);
  });
});
