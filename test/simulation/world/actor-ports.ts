import type { Announcement } from "#core/ports/messaging.ts";
import type { LaunchResult, TaskLauncher } from "#core/ports/task-launcher.ts";
import { PacedMail } from "#flow/paced-mail.ts";
import type { Actor } from "../aws/actor.ts";
import type { Cloud } from "./cloud.ts";
import { overBoundary, type Ports } from "./ports.ts";

const WINDOW_MS = 2000;
const PUT_EVENTS_ENTRIES = 10;

/** What one actor is given: every port over its boundary, with its own clock, and the planted bug in front of it. */
export function portsOf(actor: Actor, cloud: Cloud): Ports {
  const { world } = cloud;
  const over = <Port extends object>(port: Port): Port => overBoundary(port, actor);
  const ports: Ports = {
    jobs: over(world.jobs),
    runs: over(world.runs),
    lines: over(world.lines),
    pipelineStore: over(world.pipelineStore),
    notices: over(world.notices),
    launcher: launcherOf(actor, cloud),
    announcements: { publish: (announcements) => publishInBatches(announcements, actor, cloud) },
    wakeUps: {
      now: () =>
        actor.call("send", () => {
          const window = Math.floor(actor.clock.now().getTime() / WINDOW_MS);
          cloud.dispatchQueue.send("wake", String(window));
        }),
      later: (seconds) => actor.call("send", () => cloud.wakeQueue.send("wake", seconds * 1000)),
    },
    mail: new PacedMail({
      mail: { send: () => actor.call("send", () => world.noticeRules.sent()) },
      permits: over(world.mailPermits),
      clock: actor.clock,
      pause: (milliseconds) => actor.sleep(milliseconds),
    }),
    quarantine: {
      set: ({ body }) =>
        actor.call("send", () => {
          world.quarantined.push(body);
        }),
    },
    reports: {
      send: (report) =>
        actor.call("send", () =>
          cloud.taskEventsQueue.send(JSON.stringify({ type: "jobs-settled", ...report })),
        ),
    },
    intake: {
      send: (events) =>
        actor.call("send", () => {
          for (const event of events) cloud.intakeQueue.send(JSON.stringify(event));
        }),
    },
    results: { put: ({ key }) => actor.call("write", () => world.objects.putResult(key, actor.name)) },
    pause: (milliseconds) => actor.sleep(milliseconds),
    taskLogs: { tail: () => actor.call("read", () => ["the last line"]) },
  };
  return world.sabotage.ports?.(ports, actor, world) ?? ports;
}

/** PutEvents takes ten at a time: whoever dies in between has told some and not others. */
async function publishInBatches(
  announcements: readonly Announcement[],
  actor: Actor,
  cloud: Cloud,
): Promise<void> {
  for (let start = 0; start < announcements.length; start += PUT_EVENTS_ENTRIES) {
    const some = announcements.slice(start, start + PUT_EVENTS_ENTRIES);
    await actor.call("send", () => {
      for (const announcement of some) cloud.announce(announcement);
    });
  }
}

/** ECS' answers, and those that never came. */
function launcherOf(actor: Actor, { ecs, world }: Cloud): TaskLauncher {
  const { faults, random } = world.laws;
  const noAnswer: LaunchResult = { type: "unknown", errorName: "TimeoutError", message: "socket hang up" };
  const error500: LaunchResult = { type: "unknown", errorName: "ServerException", message: "Server error" };
  return {
    launch: (request) =>
      actor.call("ecs", () => {
        if (world.isEcsAway || faults.strikes("run-task-unknown-lost")) {
          world.runTaskCalled(request);
          if (world.isEcsAway && faults.strikes("run-task-outage-heard")) world.heardByEcs.push(request);
          return random.chance(0.5) ? noAnswer : error500;
        }
        const result = ecs.runTask(request);
        return faults.strikes("run-task-unknown-done") ? noAnswer : result;
      }),
    stop: (taskArn, reason) => actor.call("send", () => ecs.stopTask(taskArn, reason)),
    list: (next) => actor.call("read", () => ecs.list(next)),
    describe: (taskArns) =>
      actor.call("read", () =>
        ecs.describe(
          taskArns,
          faults.strikes("describe-lag") ? random.between(1000, 90_000) : random.between(0, 500),
        ),
      ),
  };
}
