import { PipelinesError } from "#core/pipelines/define-pipelines.ts";
import type { Pipeline } from "#core/pipelines/pipeline.ts";
import type { LoadBalancerOption, OpenIdConnect } from "#core/pipelines/surroundings.ts";
import { MAIN_CONTAINER } from "#core/planning/run-request.ts";
import { networkParts } from "./network/networks.ts";
import { PUBLIC_SUBNET_IDS } from "./network/own-vpc.ts";
import { forStage, logicalName } from "./pipeline-names.ts";
import { secretText } from "./secrets.ts";
import type { Settings } from "./settings.ts";
import {
  attribute,
  ref,
  sub,
  type Intrinsic,
  type Outputs,
  type Resource,
  type Resources,
} from "./template.ts";

/** What stands before the service of one pipeline: the only thing of the stack that addresses may connect to. */

interface Front {
  readonly pipeline: Pipeline;
  readonly option: LoadBalancerOption;
  readonly settings: Settings;
  readonly stage: string;
  /** What the logical ids begin with. */
  readonly id: string;
}

/** TLS 1.2 and 1.3. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html */
const TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06";
/** Longer than a request of a page takes; the default of five minutes would only hold up deploys. */
const DRAIN_SECONDS = 30;

export function loadBalancer(pipeline: Pipeline, settings: Settings, stage: string): Resources {
  const { loadBalancer: option } = pipeline;
  if (option === undefined) return {};
  const subnets = balancerSubnets(pipeline, settings);
  const front: Front = { pipeline, option, settings, stage, id: logicalName(pipeline.name) };
  const { id } = front;
  return {
    ...securityGroups(front),
    [`${id}LoadBalancer`]: {
      Type: "AWS::ElasticLoadBalancingV2::LoadBalancer",
      ...(pipeline.network === "existing" ? {} : { DependsOn: "InternetRoute" }),
      Properties: {
        Type: "application",
        Scheme: isOnTheInternet(front) ? "internet-facing" : "internal",
        Subnets: subnets,
        SecurityGroups: [attribute(`${id}LoadBalancerSecurityGroup`, "GroupId")],
        LoadBalancerAttributes: [{ Key: "routing.http.drop_invalid_header_fields.enabled", Value: "true" }],
      },
    },
    [`${id}TargetGroup`]: {
      Type: "AWS::ElasticLoadBalancingV2::TargetGroup",
      Properties: {
        TargetType: "ip",
        Protocol: "HTTP",
        Port: option.port,
        VpcId: networkParts(pipeline.network, settings).vpc,
        HealthCheckPath: option.healthPath,
        HealthCheckIntervalSeconds: 15,
        HealthyThresholdCount: 2,
        TargetGroupAttributes: [
          { Key: "deregistration_delay.timeout_seconds", Value: String(DRAIN_SECONDS) },
        ],
      },
    },
    ...listeners(front),
  };
}

/** @throws PipelinesError where the subnets cannot be in two zones, which an Application Load Balancer has to have */
function balancerSubnets({ name, network }: Pipeline, settings: Settings): readonly (Intrinsic | string)[] {
  if (network !== "existing") return PUBLIC_SUBNET_IDS.map(ref);
  const { subnets } = networkParts(network, settings);
  if (subnets.length >= 2) return subnets;
  throw new PipelinesError([
    `Pipeline "${name}": a load balancer needs subnets in two zones, and existingNetwork of the stage's file names one subnet; name another.`,
  ]);
}

function isOnTheInternet({ pipeline, settings }: Front): boolean {
  return pipeline.network !== "existing" || networkParts("existing", settings).publicAddress;
}

function listeners({ id, option, stage }: Front): Resources {
  const balancer = ref(`${id}LoadBalancer`);
  const forward = { Type: "forward", TargetGroupArn: ref(`${id}TargetGroup`) };
  const { certificateArn, signIn } = option;
  if (certificateArn === undefined)
    return {
      [`${id}Listener`]: listener(balancer, { Protocol: "HTTP", Port: 80, DefaultActions: [forward] }),
    };
  const actions =
    signIn === undefined
      ? [forward]
      : [
          { ...authenticate(signIn, stage), Order: 1 },
          { ...forward, Order: 2 },
        ];
  return {
    [`${id}Listener`]: listener(balancer, {
      Protocol: "HTTPS",
      Port: 443,
      SslPolicy: TLS_POLICY,
      Certificates: [{ CertificateArn: certificateArn }],
      DefaultActions: actions,
    }),
    [`${id}PlainListener`]: listener(balancer, {
      Protocol: "HTTP",
      Port: 80,
      DefaultActions: [
        {
          Type: "redirect",
          RedirectConfig: { Protocol: "HTTPS", Port: "443", StatusCode: "HTTP_301" },
        },
      ],
    }),
  };
}

function listener(LoadBalancerArn: Intrinsic, properties: object): Resource {
  return {
    Type: "AWS::ElasticLoadBalancingV2::Listener",
    Properties: { LoadBalancerArn, ...properties },
  };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html */
function authenticate(signIn: OpenIdConnect, stage: string): object {
  return {
    Type: "authenticate-oidc",
    AuthenticateOidcConfig: {
      Issuer: signIn.issuer,
      AuthorizationEndpoint: signIn.authorizationEndpoint,
      TokenEndpoint: signIn.tokenEndpoint,
      UserInfoEndpoint: signIn.userInfoEndpoint,
      ClientId: signIn.clientId,
      ClientSecret: secretText(forStage(signIn.clientSecret, stage)),
      OnUnauthenticatedRequest: "authenticate",
      Scope: "openid",
    },
  };
}

/** Two groups that know each other: the balancer's lets addresses in, the service's nobody but the balancer. */
function securityGroups({ id, pipeline, option, settings }: Front): Resources {
  const { vpc } = networkParts(pipeline.network, settings);
  const ports = option.certificateArn === undefined ? [80] : [443, 80];
  const balancers = attribute(`${id}LoadBalancerSecurityGroup`, "GroupId");
  const services = attribute(`${id}ServiceSecurityGroup`, "GroupId");
  const between = { IpProtocol: "tcp", FromPort: option.port, ToPort: option.port };
  return {
    [`${id}LoadBalancerSecurityGroup`]: {
      Type: "AWS::EC2::SecurityGroup",
      Properties: {
        GroupDescription: `What may connect to the load balancer of ${pipeline.name}`,
        VpcId: vpc,
        SecurityGroupIngress: ports.flatMap((port) =>
          option.from.map((CidrIp) => ({
            IpProtocol: "tcp",
            FromPort: port,
            ToPort: port,
            CidrIp,
            Description: port === 80 && ports.length > 1 ? "HTTP, sent on to HTTPS" : "Requests",
          })),
        ),
        SecurityGroupEgress: [
          { ...between, DestinationSecurityGroupId: services, Description: "To the service" },
          ...(option.signIn === undefined
            ? []
            : [
                {
                  IpProtocol: "tcp",
                  FromPort: 443,
                  ToPort: 443,
                  CidrIp: "0.0.0.0/0",
                  Description: "To the issuer",
                },
              ]),
        ],
      },
    },
    [`${id}ServiceSecurityGroup`]: {
      Type: "AWS::EC2::SecurityGroup",
      Properties: {
        GroupDescription: `The service of ${pipeline.name} behind its load balancer`,
        VpcId: vpc,
        SecurityGroupEgress: [
          { IpProtocol: "-1", CidrIp: "127.0.0.1/32", Description: "Another group has what tasks may call" },
        ],
      },
    },
    // Apart from both groups, which name each other.
    [`${id}ServiceFromLoadBalancer`]: {
      Type: "AWS::EC2::SecurityGroupIngress",
      Properties: {
        GroupId: services,
        ...between,
        SourceSecurityGroupId: balancers,
        Description: "From the load balancer",
      },
    },
  };
}

/** What the ECS service of the pipeline says of its load balancer. */
export interface ServiceFront {
  readonly properties: object;
  readonly securityGroups: readonly Intrinsic[];
  readonly dependsOn: readonly string[];
}

export function serviceFront({ name, loadBalancer: option }: Pipeline): ServiceFront {
  if (option === undefined) return { properties: {}, securityGroups: [], dependsOn: [] };
  const id = logicalName(name);
  return {
    properties: {
      LoadBalancers: [
        {
          TargetGroupArn: ref(`${id}TargetGroup`),
          ContainerName: MAIN_CONTAINER,
          ContainerPort: option.port,
        },
      ],
      HealthCheckGracePeriodSeconds: 60,
    },
    securityGroups: [attribute(`${id}ServiceSecurityGroup`, "GroupId")],
    // ECS refuses a target group that no listener leads to.
    dependsOn: [`${id}Listener`],
  };
}

/** The target group of a service among the metrics of its load balancer, for scaling by requests. */
export function requestMetricLabel(id: string): Intrinsic {
  return sub(`\${${id}LoadBalancer.LoadBalancerFullName}/\${${id}TargetGroup.TargetGroupFullName}`);
}

export function loadBalancerOutputs({ name, loadBalancer: option }: Pipeline): Outputs {
  if (option === undefined) return {};
  const id = logicalName(name);
  const scheme = option.certificateArn === undefined ? "http" : "https";
  return { [`${id}Url`]: { Value: sub(`${scheme}://\${${id}LoadBalancer.DNSName}`) } };
}
