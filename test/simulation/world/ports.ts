import type { JobStore } from "#core/ports/job-store.ts";
import type {
  AdminMail,
  Announcements,
  IntakeSender,
  Quarantine,
  TaskReports,
  WakeUps,
} from "#core/ports/messaging.ts";
import type { NoticeStore } from "#core/ports/notice-store.ts";
import type { ObjectLineStore } from "#core/ports/object-line-store.ts";
import type { ResultStore, TaskLogs } from "#core/ports/object-store.ts";
import type { PipelineStore } from "#core/ports/pipeline-store.ts";
import type { RunStore } from "#core/ports/run-store.ts";
import type { TaskLauncher } from "#core/ports/task-launcher.ts";
import type { Actor, CallKind } from "../aws/actor.ts";

/** Every port that a use case may be given. */
export interface Ports {
  readonly jobs: JobStore;
  readonly runs: RunStore;
  readonly lines: ObjectLineStore;
  readonly pipelineStore: PipelineStore;
  readonly notices: NoticeStore;
  readonly launcher: TaskLauncher;
  readonly announcements: Announcements;
  readonly wakeUps: WakeUps;
  readonly mail: AdminMail;
  readonly quarantine: Quarantine;
  readonly reports: TaskReports;
  readonly intake: IntakeSender;
  readonly results: ResultStore;
  readonly taskLogs: TaskLogs;
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** What a call suffers, by the name of the method: what is not named is a read. */
const KINDS: Readonly<Record<string, CallKind>> = {
  createJob: "write",
  saveJob: "write",
  createRun: "write",
  saveRun: "write",
  addFlight: "write",
  markLaunched: "write",
  removeFlight: "write",
  introducePipeline: "write",
  moveUploads: "write",
  setPaused: "write",
  noteLooked: "write",
  noteLaunch: "write",
  saveHolds: "write",
  saveWatch: "write",
  saveSweepPosition: "write",
  noteKnownPipelines: "write",
  addToTally: "write",
  saveLine: "write",
  saveBoard: "write",
  noteFailure: "write",
  take: "write",
  put: "write",
};

type Method = (...given: unknown[]) => unknown;
type Wrapper = new (port: object, actor: Actor) => object;

const wrappers = new WeakMap<object, Wrapper>();

/** The same port, with each of its calls over a boundary of this actor. The port is an object of a class. */
export function overBoundary<Port extends object>(port: Port, actor: Actor): Port {
  const prototype = Object.getPrototypeOf(port) as object;
  let wrapper = wrappers.get(prototype);
  if (wrapper === undefined) {
    wrapper = wrapperOf(prototype);
    wrappers.set(prototype, wrapper);
  }
  return new wrapper(port, actor) as Port;
}

/** A class made once: what is made of it thousands of times costs two fields. */
function wrapperOf(lowest: object): Wrapper {
  class OverBoundary {
    readonly port: object;
    readonly actor: Actor;
    constructor(port: object, actor: Actor) {
      this.port = port;
      this.actor = actor;
    }
  }
  for (let owner = lowest; owner !== Object.prototype; owner = Object.getPrototypeOf(owner) as object) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
      if (name === "constructor" || typeof value !== "function" || name in OverBoundary.prototype) continue;
      const kind = KINDS[name] ?? "read";
      Object.defineProperty(OverBoundary.prototype, name, {
        writable: true,
        value(this: OverBoundary, ...given: unknown[]) {
          const { port, actor } = this;
          return actor.call(kind, () => (value as Method).apply(port, given));
        },
      });
    }
  }
  return OverBoundary;
}
