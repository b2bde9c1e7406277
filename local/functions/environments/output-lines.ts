import type { Readable } from "node:stream";

const END_OF_LINES = "\u0000end ";

/**
 * Cuts a process' output into log messages. The bootstrap marks where the lines of an invocation end, so that its log
 * is whole before the caller has the answer.
 */
export class OutputLines {
  #rest = "";
  #ended = new Set<string>();
  #waiting = new Map<string, () => void>();

  constructor(stream: Readable, onMessage: (message: string) => void) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      const lines = (this.#rest + text).split("\n");
      this.#rest = lines.pop() ?? "";
      for (const line of lines) this.#take(line, onMessage);
    });
    stream.on("close", () => {
      if (this.#rest !== "") this.#take(this.#rest, onMessage);
      this.#rest = "";
      for (const resolve of this.#waiting.values()) resolve();
    });
  }

  /** Resolves when all lines of the invocation have been read, or the process is gone. */
  async endOf(requestId: string): Promise<void> {
    if (this.#ended.delete(requestId)) return;
    await new Promise<void>((resolve) => this.#waiting.set(requestId, resolve));
    this.#waiting.delete(requestId);
    this.#ended.delete(requestId);
  }

  #take(line: string, onMessage: (message: string) => void): void {
    if (!line.startsWith(END_OF_LINES)) {
      onMessage(line.replaceAll("\r", "\n"));
      return;
    }
    const requestId = line.slice(END_OF_LINES.length);
    this.#ended.add(requestId);
    this.#waiting.get(requestId)?.();
  }
}
