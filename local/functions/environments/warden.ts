import { spawn, type ChildProcess } from "node:child_process";

/**
 * What is left to do when the cloud itself is killed: end every process group that it had started. A function that is
 * in an endless loop cannot see that its cloud is gone, so somebody outside has to.
 */
const SCRIPT = `
trap '' INT TERM HUP
groups=' '
while read -r change group; do
  case $change in
    add) groups="$groups$group " ;;
    remove) groups="\${groups%%" $group "*} \${groups#*" $group "}" ;;
  esac
done
for group in $groups; do kill -9 "-$group" 2>/dev/null; done
`;

/** A shell that waits for the end of the cloud, whichever way it comes. */
export class Warden {
  readonly #shell: ChildProcess;

  constructor() {
    this.#shell = spawn("/bin/sh", ["-c", SCRIPT], {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
      env: {},
    });
    // Without its shell a group is only less well guarded: it still has its lifeline.
    this.#shell.stdin?.on("error", () => undefined);
    this.#shell.unref();
  }

  /** Guards a process group; the answer gives it up. */
  guard(group: number): () => void {
    this.#shell.stdin?.write(`add ${group}\n`);
    return () => void this.#shell.stdin?.write(`remove ${group}\n`);
  }

  async stop(): Promise<void> {
    if (this.#shell.exitCode !== null || this.#shell.signalCode !== null) return;
    const closed = new Promise((resolve) => this.#shell.once("close", resolve));
    this.#shell.stdin?.end();
    await closed;
  }
}
