import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type {
  Properties,
  ResourceContext,
  ResourceProvider,
  ResourceState,
} from "../../cloudformation/resource-provider.ts";
import type { CloudContext } from "../../context/cloud-context.ts";
import { AwsError } from "../../gateway/aws-error.ts";
import { schemaOf } from "../schemas/resource-schema.ts";
import type { TemplateResource } from "../template/template.ts";
import type { Journal } from "./journal.ts";
import { withStoredValues } from "./dynamic-references.ts";
import { newNameSeed, physicalName } from "./physical-name.ts";
import { propertyProblems } from "./property-problems.ts";
import { needsReplacement } from "./replacement.ts";
import type { ResourceRecord, StackRecord } from "./stack-record.ts";

export type Providers = ReadonlyMap<string, ResourceProvider>;

/** What a stack wants a resource to be. */
export interface WantedResource {
  readonly template: TemplateResource;
  readonly dependsOn: readonly string[];
  /** Works out all functions in the properties. @throws AwsError ValidationError */
  resolve(): Properties;
}

/** Brings single resources about by their providers. Every method ends with the resource's event; a failure is thrown after it. */
export class ResourceWork {
  readonly #context: CloudContext;
  readonly #providers: Providers;
  readonly #journal: Journal;

  constructor(context: CloudContext, providers: Providers, journal: Journal) {
    this.#context = context;
    this.#providers = providers;
    this.#journal = journal;
  }

  /** Creates, updates, replaces or leaves alone, as the difference to what is there demands. */
  async bringAbout(stack: StackRecord, logicalId: string, wanted: WantedResource): Promise<void> {
    const existing = stack.resources[logicalId];
    if (existing?.physicalId === undefined) {
      const resource = newRecord(
        logicalId,
        wanted,
        existing?.nameSeed ?? newNameSeed(),
        this.#context.clock.now(),
      );
      stack.resources[logicalId] = resource;
      resource.pending = this.#orFail(stack, resource, "CREATE_FAILED", () => wanted.resolve());
      this.#journal.resource(stack, resource, "CREATE_IN_PROGRESS");
      return this.#make(stack, resource, "CREATE");
    }
    const properties = this.#orFail(stack, existing, "UPDATE_FAILED", () => wanted.resolve());
    if (existing.pending === undefined && isDeepStrictEqual(existing.properties, properties)) {
      Object.assign(existing, describedBy(wanted));
      return;
    }
    const provider = this.#provider(existing.type);
    if (
      this.#orFail(stack, existing, "UPDATE_FAILED", () => needsReplacement(provider, existing, properties))
    ) {
      return this.#replace(stack, existing, wanted, properties);
    }
    await this.update(stack, existing, properties);
    Object.assign(existing, describedBy(wanted));
  }

  /** Updates in place, back to what it was as well as forward. */
  async update(stack: StackRecord, resource: ResourceRecord, properties: Properties): Promise<void> {
    const previous = resource.pending ?? resource.properties;
    resource.pending = properties;
    this.#journal.resource(stack, resource, "UPDATE_IN_PROGRESS");
    const provider = this.#provider(resource.type);
    await this.#attempt(stack, resource, "UPDATE_FAILED", (context) => {
      refuseBadProperties(provider, resource.logicalId, properties);
      return provider.update(
        stateOf(resource),
        this.#stored(properties),
        this.#storedBefore(previous),
        context,
      );
    });
    this.#journal.resource(stack, resource, "UPDATE_COMPLETE");
  }

  /** Deletes a physical resource. One whose creation never ended is created first, so that nothing of it is left behind. */
  async delete(stack: StackRecord, resource: ResourceRecord): Promise<void> {
    if (resource.status === "DELETE_COMPLETE") return;
    const unfinished = resource.physicalId === undefined && resource.status.endsWith("_IN_PROGRESS");
    this.#journal.resource(stack, resource, "DELETE_IN_PROGRESS");
    const provider = this.#provider(resource.type);
    try {
      const context = this.#resourceContext(stack, resource, () => undefined);
      if (unfinished && resource.pending !== undefined) {
        const { physicalId, attributes } = await provider.create(this.#stored(resource.pending), context);
        Object.assign(resource, { physicalId, attributes, properties: resource.pending });
      }
      if (resource.physicalId !== undefined)
        await provider.delete(stateOf(resource), resource.properties, context);
    } catch (error) {
      this.#journal.resource(stack, resource, "DELETE_FAILED", this.#reason(error));
      throw error;
    }
    this.#journal.resource(stack, resource, "DELETE_COMPLETE");
  }

  async #replace(
    stack: StackRecord,
    old: ResourceRecord,
    wanted: WantedResource,
    properties: Properties,
  ): Promise<void> {
    this.#journal.resource(stack, old, "UPDATE_IN_PROGRESS", REPLACING);
    const resource = newRecord(old.logicalId, wanted, newNameSeed(), this.#context.clock.now());
    resource.pending = properties;
    stack.resources[old.logicalId] = resource;
    stack.cleanup.push({ ...old, deletionPolicy: resource.updateReplacePolicy });
    await this.#make(stack, resource, "UPDATE");
  }

  async #make(stack: StackRecord, resource: ResourceRecord, verb: "CREATE" | "UPDATE"): Promise<void> {
    const provider = this.#provider(resource.type);
    const properties = resource.pending ?? {};
    await this.#attempt(stack, resource, `${verb}_FAILED`, (context) => {
      refuseBadProperties(provider, resource.logicalId, properties);
      return provider.create(this.#stored(properties), context);
    });
    this.#journal.resource(stack, resource, `${verb}_IN_PROGRESS`, "Resource creation Initiated");
    this.#journal.resource(stack, resource, `${verb}_COMPLETE`);
  }

  #orFail<T>(
    stack: StackRecord,
    resource: ResourceRecord,
    failed: "CREATE_FAILED" | "UPDATE_FAILED",
    work: () => T,
  ): T {
    try {
      return work();
    } catch (error) {
      this.#journal.resource(
        stack,
        resource,
        failed,
        error instanceof AwsError ? error.message : this.#reason(error),
      );
      throw error;
    }
  }

  /** Runs a provider on the pending properties and takes over what it answers. */
  async #attempt(
    stack: StackRecord,
    resource: ResourceRecord,
    failed: "CREATE_FAILED" | "UPDATE_FAILED",
    work: (context: ResourceContext) => Promise<ResourceState>,
  ): Promise<void> {
    const unsupported = new Set<string>();
    try {
      const { physicalId, attributes } = await work(
        this.#resourceContext(stack, resource, (path) => void unsupported.add(path)),
      );
      const properties = resource.pending ?? resource.properties;
      const { properties: named } = this.#provider(resource.type);
      for (const name of Object.keys(properties)) if (!Object.hasOwn(named, name)) unsupported.add(name);
      Object.assign(resource, { physicalId, attributes, properties, unsupported: [...unsupported].sort() });
      delete resource.pending;
    } catch (error) {
      this.#journal.resource(stack, resource, failed, this.#reason(error));
      // What its provider would not make is not there, and no deletion has to finish it first.
      if (resource.physicalId === undefined) delete resource.pending;
      throw error;
    }
  }

  #stored(properties: Properties): Properties {
    return withStoredValues(properties, this.#context);
  }

  /** What was referred to before may be gone by now. */
  #storedBefore(properties: Properties): Properties {
    try {
      return this.#stored(properties);
    } catch (error) {
      if (error instanceof AwsError) return properties;
      throw error;
    }
  }

  #provider(type: string): ResourceProvider {
    const provider = this.#providers.get(type);
    if (provider === undefined)
      throw new Error(`no provider for ${type}, which the template check should have refused`);
    return provider;
  }

  #resourceContext(
    stack: StackRecord,
    resource: ResourceRecord,
    unsupported: (path: string) => void,
  ): ResourceContext {
    const { logicalId, nameSeed } = resource;
    const { stackName, stackId } = stack;
    return {
      logicalId,
      stackName,
      stackId,
      generateName: (options) => physicalName({ stackName, logicalId, nameSeed }, options),
      unsupported,
    };
  }

  /** What stands in the event: AWS's words where AWS has words, else the failure's own. */
  #reason(error: unknown): string {
    if (error instanceof PropertyError) return error.message;
    if (error instanceof AwsError) {
      const code = /Exist/.test(error.code)
        ? "AlreadyExists"
        : error.status < 500
          ? "InvalidRequest"
          : "GeneralServiceException";
      return `Resource handler returned message: "${error.message}" (RequestToken: ${randomUUID()}, HandlerErrorCode: ${code})`;
    }
    this.#context.report(
      `CloudFormation: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return `Internal Failure: ${error instanceof Error ? error.message : String(error)}`;
  }
}

const REPLACING = "Requested update requires the creation of a new physical resource; hence creating one.";

/** Properties that AWS refuses before any service sees them. */
class PropertyError extends Error {
  override readonly name = "PropertyError";
}

function refuseBadProperties(provider: ResourceProvider, logicalId: string, properties: Properties): void {
  const problems = propertyProblems(provider, schemaOf(provider.type), properties);
  if (problems.length === 0) return;
  throw new PropertyError(
    `Properties validation failed for resource ${logicalId} with message:\n${problems.join("\n")}`,
  );
}

function newRecord(logicalId: string, wanted: WantedResource, nameSeed: string, now: number): ResourceRecord {
  return {
    logicalId,
    type: wanted.template.type,
    nameSeed,
    attributes: {},
    properties: {},
    pending: {},
    status: "CREATE_IN_PROGRESS",
    timestamp: now,
    unsupported: [],
    ...describedBy(wanted),
  };
}

/** What a template says of a resource beside its properties: no work follows from it. */
function describedBy({
  template,
  dependsOn,
}: WantedResource): Pick<
  ResourceRecord,
  "dependsOn" | "deletionPolicy" | "updateReplacePolicy" | "metadata"
> {
  const { deletionPolicy, updateReplacePolicy, metadata } = template;
  return { dependsOn, deletionPolicy, updateReplacePolicy, ...(metadata === undefined ? {} : { metadata }) };
}

function stateOf(resource: ResourceRecord): ResourceState {
  return { physicalId: resource.physicalId ?? "", attributes: resource.attributes };
}
