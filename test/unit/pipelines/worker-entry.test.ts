import { describe, expect, it } from "@jest/globals";
import { definePipelines, PipelinesError } from "#core/pipelines/define-pipelines.ts";

const queue = { source: { type: "queue" as const }, task: "renditions" };

function problemsOf(entry: Record<string, unknown>): readonly string[] {
  try {
    definePipelines({ pictures: entry } as never);
  } catch (error) {
    if (error instanceof PipelinesError) return error.problems;
    throw error;
  }
  return [];
}

describe("a pipeline whose work comes by a queue", () => {
  it("has a worker that costs nothing while there is no work, also where it says nothing of one", () => {
    expect(definePipelines({ pictures: queue })["pictures"]?.worker).toEqual({
      min: 0,
      max: 4,
      jobsAtOnce: 1,
      backlogPerTask: 100,
      emptyMinutes: 3,
      visibilitySeconds: 60,
    });
  });

  it("works at as many messages at once as its tasks have processors, unless it says otherwise", () => {
    const large = { ...queue, size: { cpu: 4096, memoryMiB: 8192 } };

    expect(definePipelines({ large })["large"]?.worker?.jobsAtOnce).toBe(4);
    expect(
      definePipelines({ large: { ...large, worker: { jobsAtOnce: 9 } } })["large"]?.worker?.jobsAtOnce,
    ).toBe(9);
  });

  it("is the only one that has a worker", () => {
    expect(
      definePipelines({ a: { source: { type: "upload", prefix: "a/" }, task: "media" } })["a"],
    ).not.toHaveProperty("worker");
  });

  it("keeps one task before which a load balancer stands, for requests wake nobody", () => {
    const served = { ...queue, loadBalancer: { port: 8080 } };
    const hours = [{ at: "cron(0 7 ? * MON-FRI *)", min: 1 }];

    expect(definePipelines({ served })["served"]?.worker?.min).toBe(1);
    expect(problemsOf({ ...served, worker: { min: 0, schedule: hours } })).toEqual([]);
  });

  it.each<[what: string, entry: Record<string, unknown>, problem: string]>([
    [
      "no task behind a load balancer",
      { ...queue, loadBalancer: { port: 8080 }, worker: { min: 0 } },
      'Pipeline "pictures": worker.min 0 lets the last task go while the queue is empty, and the load balancer would then answer 503 for good; raise it to 1, or give worker.schedule hours with a min.',
    ],
    [
      "a worker beside another source",
      { source: { type: "upload", prefix: "a/" }, task: "media", worker: {} },
      'Pipeline "pictures": worker is the service that takes the messages of a queue, and the source is of type "upload"; leave worker out or make the source { type: "queue" }.',
    ],
    [
      "more at least than at most",
      { ...queue, worker: { min: 5, max: 4 } },
      'Pipeline "pictures": worker.min 5 is more than worker.max 4; raise max or lower min.',
    ],
    [
      "jobs that outlast what SQS holds a message for",
      { ...queue, timeout: { jobSeconds: 40_000, runSeconds: 50_000 } },
      'Pipeline "pictures": timeout.jobSeconds 40000 is more than 39600, and SQS holds a message for 12 hours and no longer; lower it, or let an upload or a request make such jobs.',
    ],
    [
      "rungs that do not rise",
      {
        ...queue,
        worker: {
          steps: [
            { waiting: 100, addTasks: 1 },
            { waiting: 100, addTasks: 2 },
          ],
        },
      },
      'Pipeline "pictures": worker.steps must be in rising order, and waiting 100 is not above the one before it.',
    ],
    [
      "a time at which nothing changes",
      { ...queue, worker: { schedule: [{ at: "cron(0 7 ? * MON-FRI *)" }] } },
      'Pipeline "pictures": worker.schedule at cron(0 7 ? * MON-FRI *) changes nothing; give it a min, a max or both.',
    ],
    [
      "bounds of a time that cross",
      { ...queue, worker: { schedule: [{ at: "rate(1 day)", min: 3, max: 2 }] } },
      'Pipeline "pictures": worker.schedule at rate(1 day) has min 3 above max 2; raise max or lower min.',
    ],
    [
      "a time in words of its own",
      { ...queue, worker: { schedule: [{ at: "every morning", min: 1 }] } },
      'Pipeline "pictures": worker.schedule.0.at must be "cron(0 7 ? * MON-FRI *)", "rate(1 day)" or "at(2026-11-27T06:00:00)".',
    ],
    [
      "a zone that is none",
      { ...queue, worker: { schedule: [{ at: "rate(1 day)", min: 1, timeZone: "Europe/Atlantis" }] } },
      'Pipeline "pictures": worker.schedule.0.timeZone must be a time zone by its IANA name, e.g. "Europe/Berlin".',
    ],
    [
      "a folder that would open the bucket",
      { ...queue, source: { type: "queue", reads: "*/" } },
      'Pipeline "pictures": source.reads must name a folder of the uploads bucket, without a slash in front and with one at the end and without *, ? and $, e.g. "images/".',
    ],
    [
      "an option that does not exist",
      { ...queue, worker: { tasks: 3 } },
      'Pipeline "pictures": worker has no option "tasks"; the options are min, max, jobsAtOnce, backlogPerTask, emptyMinutes, visibilitySeconds, cpuPercent, memoryPercent, requestsPerTask, steps, schedule.',
    ],
  ])("refuses %s", (_what, entry, problem) => {
    expect(problemsOf(entry)).toEqual([problem]);
  });
});
