import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import type { Log } from "#core/ports/log.ts";

/** One logger and one set of metrics for a function; both read POWERTOOLS_* from the environment. */
export const logger = new Logger();
export const metrics = new Metrics();

/** The domain's log port over Powertools' logger. */
export const log: Log = {
  info: (message, data = {}) => logger.info(message, { ...data }),
  warn: (message, data = {}) => logger.warn(message, { ...data }),
  error: (message, data = {}) => logger.error(message, { ...data }),
};
