import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { CreateClusterCommand, ECSClient, RegisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { definition, type TaskDetail } from "./task-cloud.ts";

const SCRIPT = join(import.meta.dirname, "cloud-process.ts");

/** ECS in a process of its own that can be killed and comes back on its data, with a cluster and a task definition. */
export class MortalEcs {
  readonly dataDir = mkdtempSync(join(tmpdir(), "ecs-restart-"));
  #running: { readonly child: ChildProcess; readonly endpoint: string; readonly ecs: ECSClient } | undefined;

  static async start(container: Parameters<typeof definition>[0] = {}): Promise<MortalEcs> {
    const mortal = new MortalEcs();
    await mortal.boot();
    await mortal.ecs.send(new CreateClusterCommand({ clusterName: "jobs", capacityProviders: ["FARGATE"] }));
    await mortal.ecs.send(new RegisterTaskDefinitionCommand(definition(container)));
    return mortal;
  }

  get ecs(): ECSClient {
    return this.#alive.ecs;
  }

  get pid(): number {
    return this.#alive.child.pid ?? 0;
  }

  get endpoint(): string {
    return this.#alive.endpoint;
  }

  get #alive() {
    if (this.#running === undefined) throw new Error("The cloud does not run.");
    return this.#running;
  }

  async boot(): Promise<void> {
    const child = spawn(process.execPath, [SCRIPT, this.dataDir], { stdio: ["ignore", "pipe", "inherit"] });
    const [endpoint] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    const credentials = { accessKeyId: "operator", secretAccessKey: "operator" };
    const ecs = new ECSClient({ endpoint, region: "us-east-1", maxAttempts: 1, credentials });
    this.#running = { child, endpoint, ecs };
  }

  async kill(): Promise<void> {
    if (this.#running === undefined) return;
    const { child } = this.#running;
    if (child.signalCode !== null || child.exitCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.boot();
  }

  /** What its events have said of tasks, in their order. */
  events(): TaskDetail[] {
    const file = join(this.dataDir, "events.jsonl");
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
    return lines.map((line) => (JSON.parse(line) as { detail: TaskDetail }).detail);
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
