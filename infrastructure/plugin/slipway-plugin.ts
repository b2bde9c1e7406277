import { SNSClient } from "@aws-sdk/client-sns";
import { counted } from "#core/notices/mail-text.ts";
import { administratorAddresses } from "../administrators.ts";
import { addFunctionRoles } from "./function-roles.ts";
import { deregisterTaskDefinitions } from "./deregister-task-definitions.ts";
import type { CommandOptions, PluginTools, Serverless, SlipwayFunction } from "./framework.ts";
import { useFrameworkCredentials } from "./framework-credentials.ts";
import { asDelivered, deployedEnvironment, openDoor } from "./invoke-local.ts";
import { introduceBeforehand, introducePipelines } from "./introduce-pipelines.ts";
import { LOCAL_REGION, LOCAL_STAGE, useLocalCloud } from "./local-stage.ts";
import { pipelines } from "#pipelines";
import { scalingGroupsOf } from "./protected-instances.ts";
import { publishTaskImages } from "./publish-task-images.ts";
import { prepareRemoval } from "./remove-stage.ts";
import { freeAddressesOf, roomForTasks, roomInWords } from "./room-for-tasks.ts";
import { stackOutputs, stackOutputsIfAny } from "./stack-outputs.ts";
import { unconfirmedAddresses } from "./unconfirmed-addresses.ts";
import { waitingMessages } from "./waiting-messages.ts";
import { withoutEffect } from "./without-effect.ts";

/** Commands that call no cloud. */
const OFFLINE_COMMANDS = ["package", "print", "plugin", "help"];

const IMAGE_ERRORS = ["NoEngineError", "EngineError", "UnfitImageError"];

/** What the framework does not do by itself: a role for each function, the local stage, and the ends of a deploy. */
export class SlipwayPlugin {
  readonly hooks: Readonly<Record<string, () => Promise<void> | void>>;
  readonly #serverless: Serverless;
  readonly #options: CommandOptions;
  readonly #tools: PluginTools;
  #deployBegan: Date | undefined;
  #stays: readonly string[] = [];

  constructor(serverless: Serverless, options: CommandOptions, tools: PluginTools) {
    this.#serverless = serverless;
    this.#options = options;
    this.#tools = tools;
    serverless.configSchemaHandler.defineFunctionProperties("aws", {
      properties: { permissions: { type: "array", items: { type: "object" } } },
    });
    this.hooks = {
      initialize: async () => {
        await this.#initialize();
        await this.#lendDeployedEnvironment();
      },
      "before:invoke:local:invoke": () => this.#deliverExample(),
      "before:package:initialize": () => addFunctionRoles(this.#serverless.service),
      "before:deploy:deploy": () => this.#beforeDeploy(),
      "after:deploy:deploy": () => this.#afterDeploy(),
      "before:remove:remove": () => this.#beforeRemove(),
      "after:remove:remove": () => this.#afterRemove(),
    };
  }

  async #initialize(): Promise<void> {
    const [command] = this.#serverless.processedInput.commands;
    if (command === undefined || OFFLINE_COMMANDS.includes(command)) return;
    if (this.#stage !== LOCAL_STAGE) return this.#useFrameworkCredentials();
    const endpoint = await useLocalCloud(this.#serverless.serviceDir, process.env);
    if (endpoint === undefined) {
      throw this.#refusal(
        'No local cloud runs; "npm start" starts one and deploys into it.',
        "NO_LOCAL_CLOUD",
      );
    }
    this.#serverless.service.provider.region = LOCAL_REGION;
  }

  #useFrameworkCredentials(): void {
    useFrameworkCredentials(process.env, {
      stage: this.#serverless.getProvider("aws").getStage(),
      commandProfile: this.#options["aws-profile"],
      serviceProfile: this.#serverless.service.provider.profile,
    });
  }

  /** Before the framework reads the function's environment. */
  async #lendDeployedEnvironment(): Promise<void> {
    const invoked = this.#invoked;
    if (invoked === undefined) return;
    invoked.environment = await deployedEnvironment(
      invoked.name,
      this.#serverless.getProvider("aws").getRegion(),
    );
  }

  #deliverExample(): void {
    if (this.#invoked === undefined) return;
    openDoor(this.#serverless.serviceDir, this.#invoked);
    this.#options.data = asDelivered(this.#options.data, this.#invoked);
  }

  get #invoked(): SlipwayFunction | undefined {
    if (this.#serverless.processedInput.commands.join(" ") !== "invoke local") return undefined;
    return this.#serverless.service.functions[this.#options.function ?? ""];
  }

  async #beforeDeploy(): Promise<void> {
    const addresses = administratorAddresses(this.#serverless.service.custom.adminEmail);
    if (this.#stage !== LOCAL_STAGE && addresses.length === 0) {
      throw this.#refusal(
        `Nobody would hear of failures on stage "${this.#stage}"; deploy with --param "adminEmail=you@example.com", several addresses separated by commas.`,
        "NO_ADMIN_EMAIL",
      );
    }
    await this.#refuseToStrand();
    this.#deployBegan = new Date();
    await this.#publishImages();
    await this.#introduceBeforehand(this.#deployBegan);
  }

  async #refuseToStrand(): Promise<void> {
    const provider = this.#serverless.getProvider("aws");
    const waiting = await waitingMessages({
      kept: Object.keys(this.#serverless.service.provider.compiledCloudFormationTemplate.Resources),
      stage: this.#stage,
      stackName: provider.naming.getStackName(),
      region: provider.getRegion(),
      endpoint: process.env.AWS_ENDPOINT_URL,
    });
    if (waiting !== undefined) throw this.#refusal(waiting, "MESSAGES_WAIT");
  }

  /** After the images: without them there is no deploy. */
  async #introduceBeforehand(since: Date): Promise<void> {
    const provider = this.#serverless.getProvider("aws");
    const stackName = provider.naming.getStackName();
    const trouble = await introduceBeforehand({
      pipelines,
      region: provider.getRegion(),
      stackName,
      since,
    });
    if (trouble !== undefined) this.#tools.log.warning(trouble);
  }

  async #publishImages(): Promise<void> {
    const { custom, provider } = this.#serverless.service;
    try {
      await publishTaskImages(custom.taskBuilds, {
        region: this.#serverless.getProvider("aws").getRegion(),
        stage: provider.stage,
        tools: this.#tools,
      });
    } catch (error) {
      // What the person at the terminal can mend is told without a stack.
      if (!(error instanceof Error) || !IMAGE_ERRORS.includes(error.name)) throw error;
      throw this.#refusal(error.message, "NO_TASK_IMAGES");
    }
  }

  async #afterDeploy(): Promise<void> {
    const { JobsTable, AdminTopic, region } = await this.#deployed();
    const since = this.#deployBegan ?? new Date();
    await introducePipelines({ pipelines, region, tableName: JobsTable, since });
    await this.#tellOfNetworks(region);
    await this.#tellWithoutEffect();
    const waiting = await unconfirmedAddresses(AdminTopic, new SNSClient({ region }));
    if (waiting.length > 0) {
      this.#tools.log.warning(
        `No mail goes to ${waiting.join(", ")} until the link in AWS' confirmation mail is followed; the link is good for two days, and a deploy after that sends none: remove the address and add it again.`,
      );
    }
  }

  /** A laptop's subnets and load balancers are recorded and hold nothing. */
  async #tellOfNetworks(region: string): Promise<void> {
    if (this.#stage === LOCAL_STAGE) return;
    const { settings } = this.#serverless.service.custom;
    const rooms = await roomForTasks(pipelines, settings, freeAddressesOf(region));
    for (const sentence of roomInWords(rooms, settings)) this.#tools.log.notice(sentence);
    for (const { name, loadBalancer } of Object.values(pipelines)) {
      if (loadBalancer === undefined || loadBalancer.certificateArn !== undefined) continue;
      this.#tools.log.warning(
        `The load balancer of pipeline "${name}" speaks plain HTTP, which others can read on the way; name a certificate in loadBalancer.certificateArn.`,
      );
    }
  }

  async #tellWithoutEffect(): Promise<void> {
    const endpoint = process.env.AWS_ENDPOINT_URL;
    if (this.#stage !== LOCAL_STAGE || endpoint === undefined) return;
    const stackName = this.#serverless.getProvider("aws").naming.getStackName();
    for (const sentence of await withoutEffect(endpoint, stackName)) this.#tools.log.warning(sentence);
  }

  async #beforeRemove(): Promise<void> {
    const provider = this.#serverless.getProvider("aws");
    const region = provider.getRegion();
    const outputs = await stackOutputsIfAny(provider.naming.getStackName(), region);
    const hasInstances = outputs !== undefined && this.#stage !== LOCAL_STAGE;
    this.#stays = await prepareRemoval({
      stage: this.#stage,
      region,
      pipelines,
      outputs,
      scalingGroups: hasInstances ? await scalingGroupsOf(provider.naming.getStackName(), region) : [],
      keepsData: this.#serverless.service.custom.settings.dataDeletionPolicy !== "Delete",
      tools: this.#tools,
    });
  }

  /** Only now: a stage whose stack could not be deleted still launches by its task definitions. */
  async #afterRemove(): Promise<void> {
    const region = this.#serverless.getProvider("aws").getRegion();
    const revisions = await deregisterTaskDefinitions(pipelines, this.#stage, region);
    if (revisions > 0) {
      this.#tools.log.notice(`Deregistered ${counted(revisions, "task definition")}.`);
    }
    if (this.#stays.length === 0) return;
    this.#tools.log.notice(
      [
        "These stay, and a new deploy makes others beside them (images are used again):",
        ...this.#stays,
        "Delete by hand what you do not want to keep.",
      ].join("\n  "),
    );
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
