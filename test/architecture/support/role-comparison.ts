import type { Template } from "./package-service.ts";
import type { SdkCall } from "./sdk-calls.ts";
import { list, roleStatements } from "./template-rules.ts";

/** Who plays a role, beside what its code calls. */
export interface Player {
  readonly role: string;
  readonly calls: readonly SdkCall[];
  /** Actions that AWS does in the role's name, and no code of ours. */
  readonly doneByAws: readonly string[];
  /** Commands of classes that it bundles and whose methods it never calls, with the reason. */
  readonly neverCalled: Readonly<Record<string, string>>;
}

export interface Difference {
  /** The code calls it and the role does not allow it. */
  readonly missing: readonly string[];
  /** The role allows it and no code calls it. */
  readonly tooMuch: readonly string[];
  /** Said to be never called, and not bundled at all. */
  readonly stale: readonly string[];
}

export function compareRole(template: Template, player: Player): Difference {
  const allowed = new Set(
    roleStatements(template)
      .filter(({ id }) => id === player.role)
      .flatMap(({ statement }) => list(statement.Action)),
  );
  const called = player.calls.filter(({ command }) => !Object.hasOwn(player.neverCalled, command));
  const needed = new Set([...called.flatMap(({ actions }) => actions), ...player.doneByAws]);
  const commands = new Set(player.calls.map(({ command }) => command));
  return {
    // One of a command's actions is enough where the others are for cases that this role does not have.
    missing: called
      .filter(({ actions }) => !actions.some((action) => allowed.has(action)))
      .map(({ command }) => command),
    tooMuch: [...allowed].filter((action) => !needed.has(action)),
    stale: Object.keys(player.neverCalled).filter((command) => !commands.has(command)),
  };
}
