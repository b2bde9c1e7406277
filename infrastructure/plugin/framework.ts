import type { TaskBuild } from "../images/task-builds.ts";
import type { Settings } from "../settings.ts";
import type { Intrinsic, Resource, Statement } from "../template.ts";

/** The part of the framework that our plugin uses; it ships no types of its own. */
export interface Serverless {
  readonly processedInput: { readonly commands: readonly string[] };
  readonly serviceDir: string;
  readonly service: {
    readonly provider: {
      stage: string;
      region: string;
      readonly profile?: string;
      /** Complete once the service is packaged. */
      readonly compiledCloudFormationTemplate: { readonly Resources: Record<string, Resource> };
    };
    readonly custom: {
      readonly adminEmail: string;
      readonly settings: Settings;
      readonly taskBuilds: readonly TaskBuild[];
    };
    readonly functions: Record<string, SlipwayFunction>;
    readonly resources?: { Resources?: Record<string, Resource> };
  };
  readonly configSchemaHandler: {
    defineFunctionProperties(provider: "aws", schema: object): void;
  };
  readonly classes: { readonly Error: new (message: string, code: string) => Error };
  getProvider(name: "aws"): AwsProvider;
}

export interface AwsProvider {
  readonly naming: { getStackName(): string };
  getStage(): string;
  getRegion(): string;
}

export interface SlipwayFunction {
  readonly name: string;
  /** Path of the module and name of the export, e.g. functions/track/handler.handler */
  readonly handler: string;
  role?: Intrinsic;
  environment?: Readonly<Record<string, unknown>>;
  readonly events?: readonly object[];
  /** What the function may do beside writing its log. */
  readonly permissions?: readonly Statement[];
}

/** The command's own. */
export interface CommandOptions {
  readonly function?: string;
  readonly "aws-profile"?: string;
  /** The event that "invoke local" has read. */
  data?: unknown;
}

export interface PluginTools {
  /** A line of the terminal that changes. */
  readonly progress: { get(name: string): { notice(text: string): void; remove(): void } };
  readonly log: { notice(text: string): void; warning(text: string): void };
}
