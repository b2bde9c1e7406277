import { describe, expect, test } from "@jest/globals";
import { commandLine } from "#local/tasks/launcher/command-line.ts";
import { containerDefinition, type ContainerDefinition } from "#local/tasks/model/definition.ts";

const image = (entryPoint: string[] | undefined, command: string[] | undefined) => ({
  folder: "/home/me/task",
  config: {
    environment: {},
    workingDirectory: "/app",
    stopSignal: "SIGTERM",
    ...(entryPoint === undefined ? {} : { entryPoint }),
    ...(command === undefined ? {} : { command }),
  },
});
const container = (rest: Partial<ContainerDefinition> = {}) =>
  containerDefinition.parse({ name: "main", image: "/home/me/task", ...rest });

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
describe("the command of a container", () => {
  test("is the image's ENTRYPOINT and CMD", () => {
    expect(commandLine(image(["node"], ["a.mjs"]), container(), undefined)).toEqual(["node", "a.mjs"]);
  });

  test("takes the task definition's command for CMD, and the run's for both", () => {
    const defined = container({ command: ["b.mjs"] });

    expect(commandLine(image(["node"], ["a.mjs"]), defined, undefined)).toEqual(["node", "b.mjs"]);
    expect(commandLine(image(["node"], ["a.mjs"]), defined, { name: "main", command: ["c.mjs"] })).toEqual([
      "node",
      "c.mjs",
    ]);
  });

  test("forgets CMD under an entry point of the task definition", () => {
    expect(commandLine(image(["node"], ["a.mjs"]), container({ entryPoint: ["sh"] }), undefined)).toEqual([
      "sh",
    ]);
  });

  test("finds the paths of the image in the folder", () => {
    const words = ["node", "/app/main.mjs", "/application", "--in=/app", "/app"];

    expect(commandLine(image(words, undefined), container(), undefined)).toEqual([
      "node",
      "/home/me/task/main.mjs",
      "/application",
      "--in=/app",
      "/home/me/task",
    ]);
  });

  test.each([[["/usr/bin/tini", "--", "node"]], [["tini", "-g", "-v", "node"]], [["dumb-init", "node"]]])(
    "leaves out the init of %j",
    (entryPoint) => {
      expect(commandLine(image(entryPoint, ["a.mjs"]), container(), undefined)).toEqual(["node", "a.mjs"]);
    },
  );
});
