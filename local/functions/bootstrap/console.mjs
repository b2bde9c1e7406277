import { formatWithOptions } from "node:util";
import { writeMessage } from "./output.mjs";

/** Console methods and the level under which Lambda logs them. */
const LEVELS = { trace: "TRACE", debug: "DEBUG", info: "INFO", log: "INFO", warn: "WARN", error: "ERROR" };
const RANK = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

let requestId;

/** @param {string} id of the invocation that the following messages belong to */
export function setRequestId(id) {
  requestId = id;
}

/**
 * Gives console's messages the form that they have in CloudWatch Logs: tab-separated text, or JSON where the
 * function's LoggingConfig says so.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export function patchConsole() {
  const json = process.env.AWS_LAMBDA_LOG_FORMAT === "JSON";
  const lowest = json ? RANK.indexOf(process.env.AWS_LAMBDA_LOG_LEVEL ?? "INFO") : 0;
  for (const [method, level] of Object.entries(LEVELS)) {
    if (RANK.indexOf(level) < lowest) console[method] = () => undefined;
    else console[method] = (...values) => writeMessage(json ? asJson(level, values) : asText(level, values));
  }
}

function asText(level, values) {
  return [new Date().toISOString(), requestId, level, formatWithOptions({}, ...values)].join("\t");
}

function asJson(level, values) {
  const [only] = values;
  const plain = values.length === 1 && typeof only === "object" && only !== null && !(only instanceof Error);
  return JSON.stringify({
    timestamp: new Date().toISOString(),
    level,
    requestId,
    message: plain ? only : formatWithOptions({}, ...values),
  });
}
