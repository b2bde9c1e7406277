const write = {
  stdout: process.stdout.write.bind(process.stdout),
  stderr: process.stderr.write.bind(process.stderr),
};

/** Begins the line that tells the cloud that all lines of an invocation have been read; no text line begins so. */
const END_OF_LINES = "\u0000end ";

/**
 * Writes one log message. A line feed would end it, so it travels as a carriage return, as in AWS' own text format.
 * @param {string} message
 */
export function writeMessage(message) {
  write.stdout(`${message.replaceAll("\n", "\r")}\n`);
}

/**
 * Resolves when everything that was written so far is on its way to the cloud, and tells the cloud where it ends.
 * @param {string} requestId
 */
export async function flushLines(requestId) {
  await Promise.all(
    Object.values(write).map(
      (toStream) => new Promise((resolve) => toStream(`${END_OF_LINES}${requestId}\n`, resolve)),
    ),
  );
}
