import { join } from "node:path";
import type { CloudContext } from "../../context/cloud-context.ts";
import { StateFile } from "../../context/state-file.ts";
import { definitionArn, lastPart } from "../model/arns.ts";
import type { RegisterInput, TaskDefinition } from "../model/definition.ts";
import type { Tag } from "../model/shapes.ts";

interface Stored {
  readonly definition: TaskDefinition;
  tags: readonly Tag[];
}

/** Task definitions by family and revision, on disk. Revision numbers are never given twice. */
export class DefinitionStore {
  readonly #context: CloudContext;
  readonly #file: StateFile<Stored[]>;
  readonly #stored: Map<string, Stored>;

  constructor(context: CloudContext) {
    this.#context = context;
    this.#file = new StateFile(join(context.dataDir, "tasks", "task-definitions.json"));
    this.#stored = new Map(
      this.#file.load([]).map((stored) => [stored.definition.taskDefinitionArn, stored]),
    );
  }

  register(input: RegisterInput): TaskDefinition {
    const { tags, ...rest } = input;
    const revision = Math.max(0, ...this.#family(input.family).map((definition) => definition.revision)) + 1;
    const definition: TaskDefinition = {
      ...rest,
      taskDefinitionArn: definitionArn(this.#context, input.family, revision),
      revision,
      status: "ACTIVE",
      compatibilities: input.networkMode === "awsvpc" ? ["EC2", "FARGATE"] : ["EC2"],
      placementConstraints: [],
      registeredAt: this.#context.clock.now() / 1000,
    };
    this.#stored.set(definition.taskDefinitionArn, { definition, tags: tags ?? [] });
    this.#save();
    return definition;
  }

  /** By ARN, `family:revision`, or `family` for its latest ACTIVE revision. */
  find(reference: string): TaskDefinition | undefined {
    const [family = "", revision] = lastPart(reference).split(":");
    if (revision !== undefined)
      return this.#stored.get(definitionArn(this.#context, family, revision))?.definition;
    return this.#family(family).findLast((definition) => definition.status === "ACTIVE");
  }

  /** In order of family and revision. */
  all(): TaskDefinition[] {
    return [...this.#stored.values()]
      .map(({ definition }) => definition)
      .toSorted((a, b) => (a.family === b.family ? a.revision - b.revision : a.family < b.family ? -1 : 1));
  }

  deregister(definition: TaskDefinition): void {
    definition.status = "INACTIVE";
    definition.deregisteredAt = this.#context.clock.now() / 1000;
    this.#save();
  }

  tags(arn: string): readonly Tag[] {
    return this.#stored.get(arn)?.tags ?? [];
  }

  setTags(arn: string, tags: readonly Tag[]): void {
    const stored = this.#stored.get(arn);
    if (stored === undefined) return;
    stored.tags = tags;
    this.#save();
  }

  #family(family: string): TaskDefinition[] {
    return this.all().filter((definition) => definition.family === family);
  }

  #save(): void {
    this.#file.save([...this.#stored.values()]);
  }
}
