import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ECSClient } from "@aws-sdk/client-ecs";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SQSClient } from "@aws-sdk/client-sqs";
import { type Cloud, startCloud } from "#local/cloud.ts";
import { deployLocal, OPERATOR_ENVIRONMENT } from "../../../cli/deploy-local.ts";
import { type Operator, operatorOf } from "../../../cli/operator.ts";
import { clientOptions, type Stage, type StageOutputs } from "../../../cli/stage.ts";
import { Witness } from "./witness.ts";

/** All outputs of the stack; the operator's commands need fewer. */
export type ServiceOutputs = Required<StageOutputs> &
  Record<
    | "Cluster"
    | "EventBus"
    | "RenditionsWorkDeadLetterQueueUrl"
    | "RenditionsWorkQueueUrl"
    | "IntakeDeadLetterQueueUrl"
    | "TaskEventsQueueUrl"
    | "TaskEventsDeadLetterQueueUrl"
    | "NoticesDeadLetterQueueUrl",
    string
  >;

interface Connections {
  readonly cloud: Cloud;
  readonly operator: Operator;
  readonly outputs: ServiceOutputs;
  readonly sqs: SQSClient;
  readonly events: EventBridgeClient;
  readonly ecs: ECSClient;
}

/** The whole service in a local cloud of its own, put there by the framework, and the operator's clients to it. */
export class DeployedService {
  /** What the cloud had to say. */
  readonly reported: string[] = [];
  readonly #dataDir = mkdtempSync(join(tmpdir(), "slipway-integration-"));
  readonly #refusedEarlier: unknown[] = [];
  #connections: Connections | undefined;
  #witness: Witness | undefined;

  get cloud(): Cloud {
    return this.#connected.cloud;
  }
  get operator(): Operator {
    return this.#connected.operator;
  }
  get outputs(): ServiceOutputs {
    return this.#connected.outputs;
  }
  get sqs(): SQSClient {
    return this.#connected.sqs;
  }
  get events(): EventBridgeClient {
    return this.#connected.events;
  }
  get ecs(): ECSClient {
    return this.#connected.ecs;
  }
  /** Everything that went over the buses since the deploy. */
  get witness(): Witness {
    if (this.#witness === undefined) throw new Error("The service is not deployed.");
    return this.#witness;
  }

  get #connected(): Connections {
    if (this.#connections === undefined) throw new Error("The service is not deployed.");
    return this.#connections;
  }

  async start(): Promise<void> {
    const cloud = await this.#startCloud();
    try {
      await this.deploy(cloud);
      this.#connections = await connect(cloud);
      this.#witness = await Witness.post(this);
    } catch (error) {
      await cloud.stop();
      throw error;
    }
  }

  /** The framework's deploy. @returns what it said, line by line */
  async deploy(cloud = this.cloud): Promise<string[]> {
    const said: string[] = [];
    await deployLocal(cloud.endpoint, (line) => void said.push(line), new AbortController().signal);
    return said;
  }

  /** Stops the cloud, with whatever runs in it, and starts it again on the same folder. */
  async restart(): Promise<void> {
    this.#refusedEarlier.push(...(await this.refused()));
    await this.cloud.stop();
    this.#connections = await connect(await this.#startCloud());
  }

  /** Each call that the policies of a function or task did not allow, over all restarts. */
  async refused(): Promise<unknown[]> {
    const now = (await this.cloud.control("identity", "refused")) as unknown[];
    return [...this.#refusedEarlier, ...now];
  }

  async end(): Promise<void> {
    await this.#connections?.cloud.stop();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  #startCloud(): Promise<Cloud> {
    return startCloud({ dataDir: this.#dataDir, report: (line) => void this.reported.push(line) });
  }
}

async function connect(cloud: Cloud): Promise<Connections> {
  const stage: Stage = { name: "local", region: OPERATOR_ENVIRONMENT.AWS_REGION, endpoint: cloud.endpoint };
  const options = clientOptions(stage);
  const operator = await operatorOf(stage);
  return {
    cloud,
    operator,
    outputs: operator.outputs as ServiceOutputs,
    sqs: new SQSClient(options),
    events: new EventBridgeClient(options),
    ecs: new ECSClient(options),
  };
}
