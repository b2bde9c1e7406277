import type { WriteStream } from "node:tty";

export interface ProgressLine {
  /** What is being done now; on a terminal it replaces what stood there, elsewhere it is a line where it is new. */
  show(text: string): void;
  /** A line that stays. */
  print(line: string): void;
  clear(): void;
}

/** One line of progress with the seconds that it takes, so that nobody wonders whether anything happens. */
export function progressLine(stream: Pick<WriteStream, "write" | "isTTY" | "columns">): ProgressLine {
  let current: { text: string; since: number } | undefined;
  let timer: NodeJS.Timeout | undefined;
  const erase = (): void => {
    if (stream.isTTY) stream.write("\r\u001b[K");
  };
  const draw = (): void => {
    if (current === undefined || !stream.isTTY) return;
    const seconds = Math.floor((Date.now() - current.since) / 1000);
    stream.write(`\r\u001b[K${`${current.text} ... ${seconds} s`.slice(0, (stream.columns || 80) - 1)}`);
  };
  return {
    show(text) {
      if (text === current?.text) return;
      current = { text, since: Date.now() };
      if (!stream.isTTY) stream.write(`${text}\n`);
      timer ??= setInterval(draw, 1000).unref();
      draw();
    },
    print(line) {
      erase();
      stream.write(`${line}\n`);
      draw();
    },
    clear() {
      clearInterval(timer);
      timer = undefined;
      current = undefined;
      erase();
    },
  };
}
