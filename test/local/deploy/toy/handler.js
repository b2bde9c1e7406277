"use strict";

/** Notes in the log what came over the queue, in the words of this revision. */
exports.handler = async (event) => {
  for (const record of event.Records)
    console.log(`${process.env.GREETING} ${JSON.parse(record.body).detail.name}`);
  return { batchItemFailures: [] };
};
