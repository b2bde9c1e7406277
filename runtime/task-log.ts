import type { Log } from "#core/ports/log.ts";

/** Lines that a person can read in a mail: level, sentence, data as JSON. CloudWatch adds the time. */
export const taskLog: Log = {
  info: (message, data) => console.log(line("INFO", message, data)),
  warn: (message, data) => console.log(line("WARN", message, data)),
  error: (message, data) => console.error(line("ERROR", message, data)),
};

function line(level: string, message: string, data: Readonly<Record<string, unknown>> | undefined): string {
  return data === undefined ? `${level} ${message}` : `${level} ${message} ${JSON.stringify(data)}`;
}
