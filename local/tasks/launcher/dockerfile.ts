/** What an image's configuration says about the process: https://docs.docker.com/reference/dockerfile/ */
export interface ImageConfig {
  readonly environment: Readonly<Record<string, string>>;
  readonly entryPoint?: readonly string[];
  readonly command?: readonly string[];
  /** Where the image's files lie inside of it. */
  readonly workingDirectory: string;
  /** `node`, `1000:1000`, ... */
  readonly user?: string;
  readonly stopSignal: string;
}

interface Stage {
  environment: Record<string, string>;
  args: Record<string, string>;
  entryPoint?: string[];
  command?: string[];
  workingDirectory: string;
  user?: string;
  stopSignal: string;
}

/**
 * Reads the configuration of the last stage of a Dockerfile. A stage that is built FROM an earlier one begins with that
 * one's; what a base image from elsewhere sets is not known here. `environment` is what `$NAME` means before any ENV.
 * @throws Error that names a line which is not understood
 */
export function readDockerfile(
  text: string,
  environment: Readonly<Record<string, string>> = {},
): ImageConfig {
  const stages = new Map<string, Stage>();
  const globalArgs: Record<string, string> = {};
  let stage: Stage | undefined;
  for (const line of instructions(text)) {
    const [, keyword = "", rest = ""] = /^(\S+)\s*([\s\S]*)$/.exec(line) ?? [];
    const name = keyword.toUpperCase();
    if (name === "FROM") {
      const [base = "", alias] = rest.replace(/^--\S+\s+/, "").split(/\s+as\s+/i);
      const parent = stages.get(base.trim().toLowerCase());
      stage = parent === undefined ? emptyStage() : { ...structuredClone(parent), args: {} };
      stages.set(String(stages.size), stage);
      if (alias !== undefined) stages.set(alias.trim().toLowerCase(), stage);
    } else if (stage === undefined) {
      if (name === "ARG") declareArg(globalArgs, globalArgs, rest);
    } else {
      apply(stage, name, rest, { ...environment, ...stage.args, ...stage.environment }, globalArgs);
    }
  }
  if (stage === undefined) throw new Error("the Dockerfile has no FROM");
  const { args: _, ...config } = stage;
  return config;
}

const emptyStage = (): Stage => ({ environment: {}, args: {}, workingDirectory: "/", stopSignal: "SIGTERM" });

function apply(
  stage: Stage,
  name: string,
  rest: string,
  scope: Record<string, string>,
  globalArgs: Record<string, string>,
): void {
  switch (name) {
    case "ENV":
      for (const [key, value] of pairs(rest)) stage.environment[key] = expand(value, scope);
      break;
    case "ARG":
      declareArg(stage.args, { ...globalArgs, ...scope }, rest, globalArgs);
      break;
    case "WORKDIR": {
      const path = expand(unquote(rest), scope);
      stage.workingDirectory = path.startsWith("/")
        ? path
        : `${stage.workingDirectory.replace(/\/$/, "")}/${path}`;
      break;
    }
    case "ENTRYPOINT":
      stage.entryPoint = commandForm(rest);
      // As in an image build, a new ENTRYPOINT forgets the CMD that came with the base.
      delete stage.command;
      break;
    case "CMD":
      stage.command = commandForm(rest);
      break;
    case "USER":
      stage.user = expand(unquote(rest), scope);
      break;
    case "STOPSIGNAL":
      stage.stopSignal = signalName(expand(rest, scope));
      break;
    default:
      // COPY, RUN, EXPOSE, LABEL ...: they make the image's files and metadata, not its process.
      break;
  }
}

/** Logical lines: comments dropped, continuations joined, here-documents skipped. */
function instructions(text: string): string[] {
  const escape = /^#\s*escape\s*=\s*(`)/im.test(text) ? "`" : "\\";
  const lines: string[] = [];
  let current = "";
  let hereDocument: string | undefined;
  for (const raw of text.split(/\r?\n/)) {
    if (hereDocument !== undefined) {
      if (raw.trim() === hereDocument) hereDocument = undefined;
      continue;
    }
    if (/^\s*#/.test(raw) || (raw.trim() === "" && current !== "")) continue;
    const continued = raw.trimEnd().endsWith(escape);
    current += continued ? `${raw.trimEnd().slice(0, -1)} ` : raw;
    if (continued) continue;
    const line = current.trim();
    current = "";
    if (line === "") continue;
    lines.push(line);
    if (/^(run|copy|add)\b/i.test(line)) hereDocument = /<<-?["']?(\w+)["']?/.exec(line)?.[1];
  }
  if (current.trim() !== "") lines.push(current.trim());
  return lines;
}

/** `["a", "b"]` is run as it is; anything else by a shell. */
function commandForm(rest: string): string[] {
  try {
    const parsed: unknown = JSON.parse(rest);
    if (Array.isArray(parsed) && parsed.every((word) => typeof word === "string")) return parsed;
  } catch {
    // The shell form needs no JSON.
  }
  return ["/bin/sh", "-c", rest];
}

function declareArg(
  args: Record<string, string>,
  scope: Record<string, string>,
  rest: string,
  defaults: Record<string, string> = {},
): void {
  for (const word of words(rest)) {
    const [key, value] = splitOnce(word);
    const known = value === undefined ? defaults[key] : expand(unquote(value), scope);
    if (known !== undefined) args[key] = known;
  }
}

/** `ENV a=1 b="two words"` or, the old way, `ENV a the rest of the line`. */
function pairs(rest: string): [string, string][] {
  if (!/^[^\s=]+=/.test(rest)) {
    const [, key = "", value = ""] = /^(\S+)\s+([\s\S]*)$/.exec(rest) ?? [];
    return [[key, value]];
  }
  return words(rest).map((word) => {
    const [key, value = ""] = splitOnce(word);
    return [key, unquote(value)];
  });
}

/** Splits at blanks that are neither quoted nor escaped. */
function words(text: string): string[] {
  return text.match(/(?:\\.|"(?:\\.|[^"\\])*"|'[^']*'|[^\s"'\\])+/g) ?? [];
}

function splitOnce(word: string): [string, string?] {
  const at = word.indexOf("=");
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

/** `\$` stays escaped for `expand`. */
function unquote(value: string): string {
  return value
    .trim()
    .replaceAll(
      /"((?:\\.|[^"\\])*)"|'([^']*)'|\\([^$])/g,
      (_, double?: string, single?: string, escaped?: string) => {
        if (double !== undefined) return double.replaceAll(/\\(["\\])/g, "$1");
        return single === undefined ? (escaped ?? "") : single.replaceAll("$", "\\$");
      },
    );
}

/** `$NAME`, `${NAME}`, `${NAME:-else}` and `${NAME:+then}`, as the builder knows them. */
function expand(value: string, scope: Readonly<Record<string, string>>): string {
  return value.replaceAll(
    /\\\$|\$(\w+)|\$\{(\w+)(?::([-+])([^}]*))?\}/g,
    (all: string, plain?: string, braced?: string, operator?: string, word = "") => {
      if (all === "\\$") return "$";
      const known = scope[plain ?? braced ?? ""] ?? "";
      if (operator === "-") return known === "" ? word : known;
      if (operator === "+") return known === "" ? "" : word;
      return known;
    },
  );
}

/** STOPSIGNAL takes names with and without SIG, and numbers. */
function signalName(text: string): string {
  const given = text.trim().toUpperCase();
  if (/^\d+$/.test(given)) return given;
  return given.startsWith("SIG") ? given : `SIG${given}`;
}
