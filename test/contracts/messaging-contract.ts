import { beforeAll, describe, expect, it } from "@jest/globals";
import type {
  AdminMail,
  Announcement,
  Announcements,
  IntakeSender,
  Quarantine,
  TaskReports,
  WakeUps,
} from "#core/ports/messaging.ts";
import { aRun, aStartingJob } from "../unit/support/builders.ts";

/** A port that sends, and what reached the other side since the last look; `count` is how much is expected at least. */
export interface Wire<Port, Message> {
  readonly port: Port;
  received(count: number): Promise<readonly Message[]>;
}

type Make<Port, Message> = () => Promise<Wire<Port, Message>>;

/** Message: after how many seconds dispatch is woken. */
export function wakeUpsContract(make: Make<WakeUps, number>): void {
  let wire: Wire<WakeUps, number>;
  beforeAll(async () => {
    wire = await make();
  });

  it("wakes now", async () => {
    await wire.port.now();

    expect(await wire.received(1)).toEqual([0]);
  });

  it("wakes later", async () => {
    await wire.port.later(900);

    expect(await wire.received(1)).toEqual([900]);
  });
}

/** Message: the type and the job or run. */
export function announcementsContract(make: Make<Announcements, string>): void {
  let wire: Wire<Announcements, string>;
  beforeAll(async () => {
    wire = await make();
  });

  const job = (jobId: string) =>
    aStartingJob({ jobId, state: "SUCCEEDED", endedAt: "2026-11-22T20:01:00.000Z" });

  it("publishes any number at once", async () => {
    const jobs = Array.from({ length: 23 }, (_, number) => job(`job-${number}`));
    const failure = { class: "application", reason: "no image", advice: "another", retry: "no" } as const;
    const announcements: Announcement[] = [
      ...jobs.map((succeeded): Announcement => ({ type: "Job Succeeded", job: succeeded })),
      { type: "Job Failed", job: { ...job("job-x"), state: "FAILED", failure } },
      { type: "Run Stopped", run: aRun({ state: "STOPPED" }) },
    ];

    await wire.port.publish(announcements);

    const expected = [
      ...jobs.map(({ jobId }) => `Job Succeeded ${jobId}`),
      "Job Failed job-x",
      "Run Stopped run-1",
    ];
    expect([...(await wire.received(25))].sort()).toEqual(expected.sort());
  });

  it("publishes nothing where there is nothing to tell", async () => {
    await wire.port.publish([]);

    expect(await wire.received(0)).toEqual([]);
  });
}

type SetAside = Parameters<Quarantine["set"]>[0];

export function quarantineContract(make: Make<Quarantine, SetAside>): void {
  let wire: Wire<Quarantine, SetAside>;
  beforeAll(async () => {
    wire = await make();
  });

  it("keeps the message with the reason and the id that it had", async () => {
    const message = { body: '{"not": "an event", "key": "🎉"}', reason: "no event", messageId: "m-1" };

    await wire.port.set(message);

    expect(await wire.received(1)).toEqual([message]);
  });

  it.each([
    ["control characters", "\u0000\u0001broken\uffff"],
    ["nothing", ""],
    ["half an emoji", "\ud83c"],
  ])("takes a body of %s", async (_what, body) => {
    await wire.port.set({ body, reason: `because of ${body}`, messageId: "m-2" });

    expect(await wire.received(1)).toMatchObject([{ messageId: "m-2" }]);
  });
}

export function taskReportsContract(make: Make<TaskReports, unknown>): void {
  it("tells track which jobs of a run have an outcome", async () => {
    const wire = await make();

    await wire.port.send({ runId: "run-1", jobIds: ["a", "b"] });

    expect(await wire.received(1)).toMatchObject([{ runId: "run-1", jobIds: ["a", "b"] }]);
  });
}

export function adminMailContract(make: Make<AdminMail, { subject: string; body: string }>): void {
  it("brings subject and body to the administrators as they are", async () => {
    const wire = await make();
    const mail = { subject: "Slipway dev: images failed", body: "First line\nsecond: é 🎉 <&>" };

    await wire.port.send(mail);

    expect(await wire.received(1)).toMatchObject([mail]);
  });
}

export function intakeSenderContract(make: Make<IntakeSender, unknown>): void {
  describe("events", () => {
    it("reach the intake queue in any number, as they are", async () => {
      const wire = await make();
      const events = Array.from({ length: 23 }, (_, number) => ({ number, key: `é 📷 \ufffe ${number}` }));

      await wire.port.send(events);
      await wire.port.send([]);

      const received = (await wire.received(23)) as typeof events;
      expect([...received].sort((a, b) => a.number - b.number)).toEqual(events);
    });
  });
}
