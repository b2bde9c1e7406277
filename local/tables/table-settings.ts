import { join } from "node:path";
import { StateFile } from "../context/state-file.ts";

/** What a table has beside its items and keys; dynalite does not know of it. */
export interface TableSettings {
  readonly timeToLive?: { readonly AttributeName: string };
  /** Point-in-time recovery is on, from this moment (milliseconds since 1970) and for so many days back. */
  readonly recovery?: { readonly from: number; readonly days: number };
  readonly deletionProtection?: boolean;
  readonly sse?: boolean;
}

/** Settings by table, kept on disk. */
export class SettingsStore {
  readonly #file: StateFile<Record<string, TableSettings>>;
  readonly #tables: Record<string, TableSettings>;

  constructor(dataDir: string) {
    this.#file = new StateFile(join(dataDir, "tables", "settings.json"));
    this.#tables = this.#file.load({});
  }

  of(table: string): TableSettings {
    return (Object.hasOwn(this.#tables, table) ? this.#tables[table] : undefined) ?? {};
  }

  names(): string[] {
    return Object.keys(this.#tables);
  }

  set(table: string, settings: TableSettings): void {
    this.#tables[table] = settings;
    this.#file.save(this.#tables);
  }

  remove(table: string): void {
    delete this.#tables[table];
    this.#file.save(this.#tables);
  }
}
