import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { createTasksService } from "#local/tasks/service.ts";
import { taskIdentity } from "#test/local/tasks/support/identity.ts";
import { startOneService } from "#test/local/support/one-service.ts";

// ECS in a process of its own, so that a test may kill it: prints its endpoint, writes its events to events.jsonl.
const dataDir = process.argv[2] ?? "";

const { client } = await startOneService(createTasksService, {
  dataDir,
  events: {
    put: async (events) =>
      appendFileSync(
        join(dataDir, "events.jsonl"),
        events.map((event) => `${JSON.stringify(event)}\n`).join(""),
      ),
  },
  logs: {
    hasGroup: () => true,
    append: (_group, _stream, lines) =>
      appendFileSync(join(dataDir, "log.txt"), lines.map(({ message }) => `${message}\n`).join("")),
  },
  identity: taskIdentity,
});
console.log(client.endpoint);
