import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudFormationClient, ListStacksCommand } from "@aws-sdk/client-cloudformation";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeRepositoriesCommand, ECRClient } from "@aws-sdk/client-ecr";
import { ECSClient, ListTaskDefinitionsCommand } from "@aws-sdk/client-ecs";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { startCloud, type Cloud } from "#local/cloud.ts";
import { type FrameworkRun, runFramework } from "../../../cli/framework.ts";
import { ServiceFolder } from "../../../cli/service-folder.ts";

const keys = { AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "any", AWS_SECRET_ACCESS_KEY: "any" };

type Folder = AsyncDisposable & { readonly path: string };

/** An account that was empty, and one stage in it, by the framework's own commands; its tasks run from their folders, for a deploy waits for a worker. */
export class StageAccount {
  readonly cloud: Cloud;
  readonly #stage: string;
  readonly #folder: Folder;
  readonly #dataDir: string;

  private constructor(stage: string, cloud: Cloud, folder: Folder, dataDir: string) {
    this.#stage = stage;
    this.cloud = cloud;
    this.#folder = folder;
    this.#dataDir = dataDir;
  }

  /** @param folder the clone's own, where it is left out; it is deleted with the account */
  static async open(stage: string, folder?: Folder): Promise<StageAccount> {
    const dataDir = await mkdtemp(join(tmpdir(), "slipway-stage-"));
    return new StageAccount(
      stage,
      await startCloud({ dataDir }),
      folder ?? (await ServiceFolder.make()),
      dataDir,
    );
  }

  async close(): Promise<void> {
    await this.cloud.stop();
    await this.#folder[Symbol.asyncDispose]();
    await rm(this.#dataDir, { recursive: true, force: true });
  }

  /** For clients of the SDK. */
  get client() {
    return {
      endpoint: this.cloud.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "any", secretAccessKey: "any" },
    };
  }

  async serverless(...args: string[]): Promise<FrameworkRun> {
    const parameters = ["images=folder", "adminEmail=a@example.com,b@example.com"];
    const all = [...args, "--stage", this.#stage, ...parameters.flatMap((each) => ["--param", each])];
    return runFramework(all, {
      cwd: this.#folder.path,
      env: {
        PATH: process.env["PATH"],
        HOME: this.#folder.path,
        ...keys,
        AWS_ENDPOINT_URL: this.cloud.endpoint,
        SLS_AWS_MONITORING_FREQUENCY: "200",
        SLS_TELEMETRY_DISABLED: "1",
      },
    });
  }

  /** What the account holds. */
  async holds() {
    const buckets = await new S3Client(this.client).send(new ListBucketsCommand({}));
    const groups = await new CloudWatchLogsClient(this.client).send(new DescribeLogGroupsCommand({}));
    const repositories = await new ECRClient(this.client).send(new DescribeRepositoriesCommand({}));
    const stacks = await new CloudFormationClient(this.client).send(new ListStacksCommand({}));
    const definitions = await new ECSClient(this.client).send(new ListTaskDefinitionsCommand({}));
    return {
      buckets: (buckets.Buckets ?? []).map(({ Name = "" }) => Name),
      logGroups: (groups.logGroups ?? []).map(({ logGroupName = "" }) => logGroupName),
      repositories: (repositories.repositories ?? []).map(({ repositoryName = "" }) => repositoryName),
      taskDefinitions: definitions.taskDefinitionArns ?? [],
      stacks: (stacks.StackSummaries ?? [])
        .filter(({ StackStatus }) => StackStatus !== "DELETE_COMPLETE")
        .map(({ StackName = "" }) => StackName),
    };
  }
}
