/** What the task of a pipeline finds around it: network, capacity of one's own, shared files, secrets, rights, a front door. */

/**
 * public: our own VPC, addresses of their own and no NAT gateway. private: our own VPC without a way to the internet, AWS through
 * endpoints. existing: the VPC that the stage's file names under existingNetwork.
 */
export type NetworkName = "public" | "private" | "existing";
export const NETWORKS: readonly NetworkName[] = ["public", "private", "existing"];

/** EC2 instances that the pipeline's tasks run on, as many as they need. */
export interface InstancePolicy {
  /** An EC2 instance type, e.g. "c7g.xlarge". */
  readonly type: string;
  /** Most instances at once. */
  readonly most: number;
  /** Instances that stay when nothing is to be done. */
  readonly least: number;
}

/** In how many of a hundred (or any other sum) launches a run takes which of the two. */
export interface CapacityWeights {
  readonly onDemand: number;
  readonly spot: number;
}

/** A folder that all tasks of all pipelines see which name it, on every host and in every zone. */
export interface SharedVolume {
  /** Pipelines with the same name share the files. */
  readonly name: string;
  /** Where the container sees it, e.g. "/mnt/models". */
  readonly path: string;
  readonly access: "read-write" | "read-only";
}

/** What a role statement of an entry allows the task. */
export interface TaskPermission {
  readonly actions: readonly string[];
  /** ARNs; ${AWS::AccountId}, ${AWS::Region}, ${AWS::Partition} and {stage} are filled in. */
  readonly resources: readonly string[];
}

/** An image of one's own Dockerfile instead of tasks/NAME/Dockerfile. */
export interface BuildOption {
  /** Path of the Dockerfile from the top of the clone. */
  readonly dockerfile: string;
}

/** Signing in before the load balancer lets a request through, by OpenID Connect. */
export interface OpenIdConnect {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly userInfoEndpoint: string;
  readonly clientId: string;
  /** Where the client's secret is, as in `secrets`, at Secrets Manager. */
  readonly clientSecret: string;
}

/** An Application Load Balancer before the pipeline's service. */
export interface LoadBalancerOption {
  /** Where the container listens. */
  readonly port: number;
  readonly healthPath: string;
  /** Who may connect. */
  readonly from: readonly string[];
  /** An ACM certificate of the stack's Region; without one it speaks plain HTTP. */
  readonly certificateArn?: string;
  readonly signIn?: OpenIdConnect;
}
