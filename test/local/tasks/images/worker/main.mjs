// What the tests of the task launcher run: each word is one behaviour of a container.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [behaviour = "succeed", argument] = process.argv.slice(2);

const forever = () => setInterval(() => undefined, 60_000);

const behaviours = {
  succeed: () => console.log(process.env.GREETING),
  exit: () => process.exit(Number(argument)),
  abort: () => process.kill(process.pid, "SIGABRT"),
  environment: () => console.log(JSON.stringify(process.env)),
  directory: () =>
    console.log(JSON.stringify({ cwd: process.cwd(), dockerfile: readFileSync("Dockerfile").length })),
  write: () => {
    writeFileSync(join(process.env.TMPDIR, "note"), "kept while the task runs");
    console.log(process.env.TMPDIR);
  },
  // At a path that was given as an argument, and by an environment variable.
  "write-to": () => writeFileSync(argument, "shared"),
  "read-shared": () => console.log(readFileSync(join(process.env.SHARED_FILES, "note"), "utf8")),
  wait: () => {
    console.log("waiting");
    forever();
  },
  "stop-politely": () => {
    process.once("SIGTERM", () => {
      console.log("stopping");
      process.exit(0);
    });
    console.log("waiting");
    forever();
  },
  "ignore-sigterm": () => {
    process.on("SIGTERM", () => undefined);
    console.log("waiting");
    forever();
  },
  grow: () => {
    const kept = [];
    setInterval(() => kept.push(Buffer.alloc(32 * 1024 * 1024, 1)), 20);
  },
  // The memory is not the container's first process' own but its child's.
  "grow-below": () => {
    spawn(process.execPath, [process.argv[1], "grow"], { stdio: "inherit" });
    forever();
  },
  // Its child leaves the process group and is nobody's child when this process ends.
  "leave-behind": () => {
    const { pid } = spawn(process.execPath, [process.argv[1], "wait"], { detached: true, stdio: "ignore" });
    console.log(`left ${pid}`);
    if (argument === "and-wait") forever();
    else process.exit(0);
  },
  metadata: async () => {
    const base = process.env.ECS_CONTAINER_METADATA_URI_V4;
    const paths = ["", "/task", "/taskWithTags", "/stats", "/task/stats", "/nothing"];
    const answers = await Promise.all(
      paths.map(async (path) => {
        const response = await fetch(`${base}${path}`);
        return [path, { status: response.status, body: await response.json() }];
      }),
    );
    console.log(JSON.stringify(Object.fromEntries(answers)));
  },
  credentials: async () => {
    const url = process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
    const authorization = process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN;
    const refused = await fetch(url);
    const given = await fetch(url, { headers: { authorization } });
    console.log(JSON.stringify({ withoutToken: refused.status, keys: await given.json() }));
  },
};

await behaviours[behaviour]();
