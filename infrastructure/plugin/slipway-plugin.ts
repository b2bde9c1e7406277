import { administratorAddresses } from "../administrators.ts";
import { emptyBuckets } from "./empty-buckets.ts";
import { addFunctionRoles } from "./function-roles.ts";
import type { PluginTools, Serverless } from "./framework.ts";
import { introducePipelines } from "./introduce-pipelines.ts";
import { LOCAL_REGION, LOCAL_STAGE, useLocalCloud } from "./local-stage.ts";
import { pipelines } from "#pipelines";
import { freeAddressesOf, roomForTasks, roomInWords } from "./room-for-tasks.ts";
import { stackOutputs } from "./stack-outputs.ts";
import { unconfirmedAddresses } from "./unconfirmed-addresses.ts";

/** Commands that call no cloud. */
const OFFLINE_COMMANDS = ["package", "print", "plugin", "help"];

/** What the framework does not do by itself: a role for each function, the local stage, and the ends of a deploy. */
export class SlipwayPlugin {
  readonly hooks: Readonly<Record<string, () => Promise<void> | void>>;
  readonly #serverless: Serverless;
  readonly #tools: PluginTools;
  #deployBegan: Date | undefined;

  constructor(serverless: Serverless, tools: PluginTools) {
    this.#serverless = serverless;
    this.#tools = tools;
    serverless.configSchemaHandler.defineFunctionProperties("aws", {
      properties: { permissions: { type: "array", items: { type: "object" } } },
    });
    this.hooks = {
      initialize: () => this.#initialize(),
      "before:package:initialize": () => addFunctionRoles(this.#serverless.service),
      "before:deploy:deploy": () => this.#beforeDeploy(),
      "after:deploy:deploy": () => this.#afterDeploy(),
      "before:remove:remove": () => this.#beforeRemove(),
    };
  }

  async #initialize(): Promise<void> {
    const [command] = this.#serverless.processedInput.commands;
    if (this.#stage !== LOCAL_STAGE || command === undefined || OFFLINE_COMMANDS.includes(command)) return;
    const endpoint = await useLocalCloud(this.#serverless.serviceDir, process.env);
    if (endpoint === undefined) {
      throw this.#refusal(
        'No local cloud runs; "npm start" starts one and deploys into it.',
        "NO_LOCAL_CLOUD",
      );
    }
    this.#serverless.service.provider.region = LOCAL_REGION;
  }

  #beforeDeploy(): void {
    const addresses = administratorAddresses(this.#serverless.service.custom.adminEmail);
    if (this.#stage !== LOCAL_STAGE && addresses.length === 0) {
      throw this.#refusal(
        `Nobody would hear of failures on stage "${this.#stage}"; deploy with --param "adminEmail=you@example.com", several addresses separated by commas.`,
        "NO_ADMIN_EMAIL",
      );
    }
    this.#deployBegan = new Date();
  }

  async #afterDeploy(): Promise<void> {
    const { JobsTable, AdminTopic, region } = await this.#deployed();
    await introducePipelines({ region, tableName: JobsTable, since: this.#deployBegan ?? new Date() });
    await this.#tellRoom(region);
    const waiting = await unconfirmedAddresses(AdminTopic, region);
    if (waiting.length > 0) {
      this.#tools.log.warning(
        `No mail goes to ${waiting.join(", ")} until the link in AWS' confirmation mail is followed; the link is good for two days, and a deploy after that sends none: remove the address and add it again.`,
      );
    }
  }

  /** A laptop's subnets are recorded and hold nothing. */
  async #tellRoom(region: string): Promise<void> {
    if (this.#stage === LOCAL_STAGE) return;
    const { settings } = this.#serverless.service.custom;
    const rooms = await roomForTasks(pipelines, settings, freeAddressesOf(region));
    for (const sentence of roomInWords(rooms, settings)) this.#tools.log.notice(sentence);
  }

  /** A laptop keeps nothing of a stage that is gone; in AWS the data stay. */
  async #beforeRemove(): Promise<void> {
    if (this.#stage !== LOCAL_STAGE) return;
    const { UploadsBucket, ResultsBucket, region } = await this.#deployed();
    await emptyBuckets([UploadsBucket, ResultsBucket], region);
  }

  async #deployed() {
    const provider = this.#serverless.getProvider("aws");
    const region = provider.getRegion();
    return { region, ...(await stackOutputs(provider.naming.getStackName(), region)) };
  }

  get #stage(): string {
    return this.#serverless.service.provider.stage;
  }

  #refusal(message: string, code: string): Error {
    return new this.#serverless.classes.Error(message, code);
  }
}
