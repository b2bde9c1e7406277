// What the tests of the engine launcher run: each word is one behaviour of a container.
import { writeFileSync } from "node:fs";

const [behaviour, argument] = process.argv.slice(2);
const forever = () => setInterval(() => undefined, 60_000);

const written = (path) => {
  try {
    writeFileSync(path, "x");
    return "written";
  } catch (error) {
    return error.code;
  }
};

const behaviours = {
  greet: () => console.log(process.env.GREETING),
  exit: () => {
    console.log("first");
    console.error("second");
    process.exitCode = Number(argument);
  },
  write: () =>
    console.log(
      JSON.stringify({
        uid: process.getuid(),
        root: written("/app/x"),
        tmp: written("/tmp/x"),
        home: written("/var/tmp/x"),
      }),
    ),
  grow: () => {
    const kept = [];
    setInterval(() => kept.push(Buffer.alloc(32 * 1024 * 1024, 1)), 20);
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
  endpoints: async () => {
    const metadata = await fetch(`${process.env.ECS_CONTAINER_METADATA_URI_V4}/task`);
    const keys = await fetch(process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI, {
      headers: { authorization: process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN },
    });
    const { TaskARN } = await metadata.json();
    const { RoleArn } = await keys.json();
    console.log(JSON.stringify({ TaskARN, RoleArn }));
  },
};

await behaviours[behaviour]();
