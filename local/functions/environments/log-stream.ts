import { randomBytes } from "node:crypto";
import type { CloudContext } from "../../context/cloud-context.ts";
import type { FunctionConfiguration } from "../function-record.ts";

/** LogType Tail gives the last 4 KB of an invocation's log. */
const TAIL_BYTES = 4096;

/** The log stream of one execution environment: one message after the other goes to CloudWatch Logs. */
export class LogStream {
  readonly name: string;
  readonly #context: CloudContext;
  readonly #group: string;
  readonly #role: string;
  #hasWritten = false;
  #tail: string[] = [];

  constructor(
    context: CloudContext,
    { logging, role, version }: Pick<FunctionConfiguration, "logging" | "role" | "version">,
  ) {
    const day = new Date(context.clock.now()).toISOString().slice(0, 10).replaceAll("-", "/");
    this.name = `${day}/[${version}]${randomBytes(16).toString("hex")}`;
    this.#context = context;
    this.#group = logging.group;
    this.#role = role;
  }

  write(message: string): void {
    this.#tail.push(message);
    if (this.#hasWritten && !this.#mayWrite()) return;
    this.#hasWritten = true;
    this.#context.logs.append(this.#group, this.name, [{ timestamp: this.#context.clock.now(), message }]);
  }

  /** Who deletes the group while the function works, as a stack does that goes, gets it back only from a role that may make it. */
  #mayWrite(): boolean {
    const { logs, identity, region, accountId } = this.#context;
    const group = `arn:aws:logs:${region}:${accountId}:log-group:${this.#group}`;
    return logs.hasGroup(this.#group) || identity.roleAllowed(this.#role, "logs:CreateLogGroup", group);
  }

  /** Begins the log of an invocation. */
  startTail(): void {
    this.#tail = [];
  }

  /** The last 4 KB written since `startTail`. */
  tail(): string {
    const bytes = Buffer.from(this.#tail.map((message) => `${message}\n`).join(""), "utf8");
    return bytes.subarray(Math.max(0, bytes.length - TAIL_BYTES)).toString("utf8");
  }
}
