import type { CloudContext } from "../../context/cloud-context.ts";
import { AwsError } from "../../gateway/aws-error.ts";
import { evaluate } from "../template/intrinsics.ts";
import { activeDefinition } from "./definition.ts";
import { deleteResources, isRetained } from "./deletion.ts";
import type { Journal } from "./journal.ts";
import { checkExports, outputsOf } from "./outputs.ts";
import { reportOf } from "./report.ts";
import type { Providers, ResourceWork } from "./resource-work.ts";
import { runGraph } from "./run-graph.ts";
import { restoreStable } from "./update-rollback.ts";
import { copyOf, type ResourceRecord, type StackDefinition, type StackRecord } from "./stack-record.ts";
import type { StackStore } from "./stack-store.ts";

/**
 * Carries out what was asked of stacks, in the background, one operation per stack at a time. Every begin* method has
 * moved the stack to its *_IN_PROGRESS status when it returns; the callers have checked that the status allows it.
 */
export class StackEngine {
  readonly #context: CloudContext;
  readonly #store: StackStore;
  readonly #journal: Journal;
  readonly #work: ResourceWork;
  readonly #providers: Providers;
  readonly #running = new Set<Promise<void>>();
  #stopping = false;

  constructor(
    context: CloudContext,
    store: StackStore,
    journal: Journal,
    work: ResourceWork,
    providers: Providers,
  ) {
    this.#context = context;
    this.#store = store;
    this.#journal = journal;
    this.#work = work;
    this.#providers = providers;
  }

  beginCreate(stack: StackRecord): void {
    this.#journal.stack(stack, "CREATE_IN_PROGRESS", "User Initiated");
    this.#inBackground(() => this.#create(stack));
  }

  beginUpdate(stack: StackRecord, definition: StackDefinition, onFailure: StackRecord["onFailure"]): void {
    // A stack whose creation failed and is repeated has no good state to go back to.
    if (stack.status !== "CREATE_FAILED" && stack.status !== "UPDATE_FAILED") {
      const { outputs, imports, resources, cleanup } = stack;
      stack.stable = copyOf({ definition: stack.definition, outputs, imports, resources, cleanup });
    }
    stack.definition = definition;
    stack.onFailure = onFailure;
    stack.lastUpdatedTime = this.#context.clock.now();
    this.#journal.stack(stack, "UPDATE_IN_PROGRESS", "User Initiated");
    this.#inBackground(() => this.#update(stack));
  }

  beginDelete(stack: StackRecord, retained: readonly string[]): void {
    this.#journal.stack(stack, "DELETE_IN_PROGRESS", "User Initiated");
    this.#inBackground(() => this.#delete(stack, retained));
  }

  beginUpdateRollback(stack: StackRecord): void {
    this.#journal.stack(stack, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated");
    this.#inBackground(() => this.#rollBackUpdate(stack));
  }

  /** Starts nothing more and waits for the resources that are in work; what is not done is found again at the next start. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#running);
  }

  async #create(stack: StackRecord): Promise<void> {
    const failure = await this.#bringAbout(stack);
    if (this.#stopping) return;
    if (failure === undefined) {
      this.#journal.stack(stack, "CREATE_COMPLETE");
      this.#tell(stack);
      return;
    }
    if (stack.onFailure === "DO_NOTHING") return this.#journal.stack(stack, "CREATE_FAILED", failure);
    const status = stack.onFailure === "DELETE" ? "DELETE" : "ROLLBACK";
    this.#journal.stack(
      stack,
      `${status}_IN_PROGRESS`,
      `${failure} ${status === "DELETE" ? "Delete" : "Rollback"} requested by user.`,
    );
    const gone = await this.#deleteAll(stack, (resource) => resource.deletionPolicy === "Retain");
    if (this.#stopping) return;
    if (gone !== undefined) return this.#journal.stack(stack, `${status}_FAILED`, gone);
    if (status === "DELETE") this.#forget(stack);
    else this.#journal.stack(stack, "ROLLBACK_COMPLETE");
  }

  async #update(stack: StackRecord): Promise<void> {
    const failure = await this.#bringAbout(stack);
    if (this.#stopping) return;
    if (failure === undefined) {
      delete stack.stable;
      this.#journal.stack(stack, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
      await this.#cleanUp(stack);
      if (this.#stopping) return;
      this.#journal.stack(stack, "UPDATE_COMPLETE");
      this.#tell(stack);
      return;
    }
    if (stack.onFailure === "DO_NOTHING" || stack.stable === undefined)
      return this.#journal.stack(stack, "UPDATE_FAILED", failure);
    this.#journal.stack(stack, "UPDATE_ROLLBACK_IN_PROGRESS", failure);
    await this.#rollBackUpdate(stack);
  }

  async #rollBackUpdate(stack: StackRecord): Promise<void> {
    const failure = await restoreStable({ work: this.#work, mayStart: this.#mayStart }, stack);
    if (this.#stopping) return;
    if (failure !== undefined) return this.#journal.stack(stack, "UPDATE_ROLLBACK_FAILED", failure);
    this.#journal.stack(stack, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS");
    await this.#cleanUp(stack);
    if (!this.#stopping) this.#journal.stack(stack, "UPDATE_ROLLBACK_COMPLETE");
  }

  async #delete(stack: StackRecord, retained: readonly string[]): Promise<void> {
    const failure = await this.#deleteAll(
      stack,
      (resource) => isRetained(resource) || retained.includes(resource.logicalId),
    );
    if (this.#stopping) return;
    if (failure === undefined) this.#forget(stack);
    else this.#journal.stack(stack, "DELETE_FAILED", failure);
  }

  /** Creates and updates all that the definition asks for. @returns why it failed, in a stack event's words */
  async #bringAbout(stack: StackRecord): Promise<string | undefined> {
    try {
      const lookUp = (logicalId: string) => stack.resources[logicalId];
      const { template, resources, dependencies, scope } = activeDefinition(
        this.#context,
        this.#store,
        stack,
        stack.definition,
        lookUp,
      );
      const { failures, complete } = await runGraph(
        dependencies,
        (logicalId) => {
          const resource = resources[logicalId];
          if (resource === undefined) throw new Error(`${logicalId} is in no template`);
          const dependsOn = [...(dependencies.get(logicalId) ?? [])];
          const resolve = () => evaluate(resource.properties, scope) as Record<string, unknown>;
          return this.#work.bringAbout(stack, logicalId, { template: resource, dependsOn, resolve });
        },
        this.#mayStart,
      );
      if (!complete) return failedResources(stack, [...failures.keys()]);
      const outputs = outputsOf(template, scope);
      checkExports(this.#store, stack, outputs);
      Object.assign(stack, { outputs, imports: [...scope.imports] });
      moveLeftoversToCleanup(stack, resources);
      return undefined;
    } catch (error) {
      if (error instanceof AwsError) return error.message;
      throw error;
    }
  }

  async #deleteAll(
    stack: StackRecord,
    retain: (resource: ResourceRecord) => boolean,
  ): Promise<string | undefined> {
    const records = [...Object.values(stack.resources), ...stack.cleanup];
    const { failed } = await deleteResources(this.#tools(), stack, records, { retain });
    return failed.length === 0
      ? undefined
      : `The following resource(s) failed to delete: [${failed.join(", ")}]. `;
  }

  /** What cannot be deleted now is tried again after the next update: CloudFormation ends well all the same. */
  async #cleanUp(stack: StackRecord): Promise<void> {
    await deleteResources(this.#tools(), stack, stack.cleanup, { retain: isRetained });
    stack.cleanup = stack.cleanup.filter(
      ({ status }) => status !== "DELETE_COMPLETE" && status !== "DELETE_SKIPPED",
    );
  }

  #forget(stack: StackRecord): void {
    stack.deletionTime = this.#context.clock.now();
    stack.outputs = [];
    stack.imports = [];
    stack.cleanup = [];
    this.#journal.stack(stack, "DELETE_COMPLETE");
  }

  #tell(stack: StackRecord): void {
    for (const line of reportOf(stack, this.#providers)) this.#context.report(line);
  }

  #tools() {
    return { work: this.#work, journal: this.#journal, mayStart: this.#mayStart };
  }

  readonly #mayStart = () => !this.#stopping;

  #inBackground(operation: () => Promise<void>): void {
    const running = operation()
      .catch((error: unknown) =>
        this.#context.report(
          `CloudFormation: ${error instanceof Error ? (error.stack ?? "") : String(error)}`,
        ),
      )
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }
}

function moveLeftoversToCleanup(stack: StackRecord, resources: Readonly<Record<string, unknown>>): void {
  for (const [logicalId, resource] of Object.entries(stack.resources)) {
    if (Object.hasOwn(resources, logicalId)) continue;
    stack.cleanup.push(resource);
    delete stack.resources[logicalId];
  }
}

function failedResources(stack: StackRecord, failed: readonly string[]): string {
  const list = (verb: string, status: string) => {
    const ids = failed.filter((id) => stack.resources[id]?.status === status);
    return ids.length === 0 ? "" : `The following resource(s) failed to ${verb}: [${ids.join(", ")}]. `;
  };
  return (list("create", "CREATE_FAILED") + list("update", "UPDATE_FAILED")).trimEnd();
}
