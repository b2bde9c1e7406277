import { describe, expect, test } from "@jest/globals";
import { readDockerfile } from "#local/tasks/launcher/dockerfile.ts";

const read = (...lines: string[]) => readDockerfile(lines.join("\n"), { PATH: "/usr/bin" });

describe("a Dockerfile", () => {
  test("means its last stage", () => {
    const config = read("FROM a AS build", "ENV A=1", 'CMD ["one"]', "FROM b", 'CMD ["two"]');

    expect(config).toEqual({
      environment: {},
      command: ["two"],
      workingDirectory: "/",
      stopSignal: "SIGTERM",
    });
  });

  test("lets a stage begin with what an earlier one has", () => {
    const config = read("FROM a AS base", "ENV A=1", "WORKDIR /app", "FROM base", "ENV B=2", "WORKDIR bin");

    expect(config).toMatchObject({ environment: { A: "1", B: "2" }, workingDirectory: "/app/bin" });
  });

  test.each([
    ["ENV A=1 B=two", { A: "1", B: "two" }],
    ["ENV A the rest of the line", { A: "the rest of the line" }],
    ['ENV A="two words" B=\'$not "expanded"\'', { A: "two words", B: '$not "expanded"' }],
    ["ENV A=two\\ words", { A: "two words" }],
    ["ENV PATH=/app/bin:$PATH", { PATH: "/app/bin:/usr/bin" }],
    ["ENV A=${NOBODY:-else} B=${PATH:+there} C=x${NOBODY}y", { A: "else", B: "there", C: "xy" }],
    ["ENV A=\\$PATH", { A: "$PATH" }],
    ["ENV URL=http://a/?b=c", { URL: "http://a/?b=c" }],
  ])("%s", (line, environment) => {
    expect(read("FROM a", line).environment).toEqual(environment);
  });

  test("knows ARG with its default, also from before FROM, but keeps none in the environment", () => {
    const config = read("ARG VERSION=3", "FROM a", "ARG VERSION", "ARG NAME=n", "ENV TAG=$NAME-$VERSION");

    expect(config.environment).toEqual({ TAG: "n-3" });
  });

  test("joins continued lines and drops comments between them", () => {
    const config = read(
      "# syntax=docker/dockerfile:1",
      "FROM a",
      "ENV A=1 \\",
      "  # why",
      "    B=2",
      "",
      "RUN x \\",
      "  && y",
    );

    expect(config.environment).toEqual({ A: "1", B: "2" });
  });

  test("skips here-documents", () => {
    expect(read("FROM a", "RUN <<EOF", 'CMD ["not this"]', "EOF", 'CMD ["this"]').command).toEqual(["this"]);
  });

  test.each([
    ['CMD ["node", "main.mjs"]', ["node", "main.mjs"]],
    ["CMD node main.mjs", ["/bin/sh", "-c", "node main.mjs"]],
    ["cmd [ 'single quotes are a shell form' ]", ["/bin/sh", "-c", "[ 'single quotes are a shell form' ]"]],
  ])("%s", (line, command) => {
    expect(read("FROM a", line).command).toEqual(command);
  });

  test("forgets the CMD of before when an ENTRYPOINT comes", () => {
    const config = read("FROM a AS base", 'CMD ["old"]', "FROM base", 'ENTRYPOINT ["node"]');

    expect(config).toMatchObject({ entryPoint: ["node"] });
    expect(config).not.toHaveProperty("command");
  });

  test.each([
    ["SIGINT", "SIGINT"],
    ["quit", "SIGQUIT"],
    ["9", "9"],
  ])("takes STOPSIGNAL %s", (given, stopSignal) => {
    expect(read("FROM a", `STOPSIGNAL ${given}`)).toMatchObject({ stopSignal });
  });

  test("takes the user of the last stage, or that of the stage it is built from", () => {
    expect(read("FROM a AS b", "ARG WHO=node", "USER $WHO", "FROM b")).toMatchObject({ user: "node" });
    expect(read("FROM a", "USER node", "FROM b")).not.toHaveProperty("user");
  });

  test("needs a FROM", () => {
    expect(() => read("CMD x")).toThrow("no FROM");
  });
});
