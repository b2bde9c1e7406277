import { ref, sub, type Resource, type Resources } from "../template.ts";

/** One range of addresses in one zone. */
interface SubnetSpec {
  readonly id: string;
  readonly zone: number;
  readonly cidr: string;
}

const PUBLIC_SUBNETS: readonly SubnetSpec[] = [
  { id: "PublicSubnetA", zone: 0, cidr: "10.42.0.0/20" },
  { id: "PublicSubnetB", zone: 1, cidr: "10.42.16.0/20" },
  { id: "PublicSubnetC", zone: 2, cidr: "10.42.32.0/20" },
];
export const PUBLIC_SUBNET_IDS = PUBLIC_SUBNETS.map(({ id }) => id);

const PRIVATE_SUBNETS: readonly SubnetSpec[] = [
  { id: "PrivateSubnetA", zone: 0, cidr: "10.42.64.0/18" },
  { id: "PrivateSubnetB", zone: 1, cidr: "10.42.128.0/18" },
];
export const PRIVATE_SUBNET_IDS = PRIVATE_SUBNETS.map(({ id }) => id);

/** What leads from the tasks of our public subnets to the registry, and from those of the private ones as far as the gateways go. */
export const wayOut = (network: "public" | "private"): string[] =>
  network === "public"
    ? ["InternetRoute", ...PUBLIC_SUBNET_IDS.map(routesId)]
    : ["S3Endpoint", "DynamoDbEndpoint", ...PRIVATE_SUBNET_IDS.map(routesId)];

const routesId = (subnet: string): string => `${subnet}Routes`;

/** AWS keeps five addresses of each subnet. https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const KEPT_BY_AWS = 5;

/** Tasks that the subnets of one of our networks hold at once: each takes an address. */
export function tasksThatFit(network: "public" | "private"): number {
  const subnets = network === "public" ? PUBLIC_SUBNETS : PRIVATE_SUBNETS;
  return subnets.reduce((sum, { cidr }) => sum + 2 ** (32 - Number(cidr.split("/")[1])) - KEPT_BY_AWS, 0);
}

/** A network without a NAT gateway: tasks have public addresses and nothing may open a connection to them. */
export function ownVpc(stage: string, withPrivate: boolean): Resources {
  return {
    Vpc: {
      Type: "AWS::EC2::VPC",
      Properties: {
        CidrBlock: "10.42.0.0/16",
        EnableDnsSupport: true,
        EnableDnsHostnames: true,
        Tags: [{ Key: "Name", Value: `slipway-${stage}` }],
      },
    },
    InternetGateway: { Type: "AWS::EC2::InternetGateway", Properties: {} },
    InternetGatewayAttachment: {
      Type: "AWS::EC2::VPCGatewayAttachment",
      Properties: { VpcId: ref("Vpc"), InternetGatewayId: ref("InternetGateway") },
    },
    PublicRouteTable: routeTable(),
    InternetRoute: {
      Type: "AWS::EC2::Route",
      DependsOn: "InternetGatewayAttachment",
      Properties: {
        RouteTableId: ref("PublicRouteTable"),
        DestinationCidrBlock: "0.0.0.0/0",
        GatewayId: ref("InternetGateway"),
      },
    },
    ...subnets(PUBLIC_SUBNETS, "PublicRouteTable"),
    ...(withPrivate
      ? { PrivateRouteTable: routeTable(), ...subnets(PRIVATE_SUBNETS, "PrivateRouteTable") }
      : {}),
    // Both cost nothing and keep the files off the internet.
    S3Endpoint: gatewayEndpoint("s3", withPrivate),
    DynamoDbEndpoint: gatewayEndpoint("dynamodb", withPrivate),
  };
}

const routeTable = (): Resource => ({ Type: "AWS::EC2::RouteTable", Properties: { VpcId: ref("Vpc") } });

function subnets(specs: readonly SubnetSpec[], routes: string): Resources {
  const resources = specs.flatMap(({ id, zone, cidr }): [string, Resource][] => [
    [
      id,
      {
        Type: "AWS::EC2::Subnet",
        Properties: {
          VpcId: ref("Vpc"),
          AvailabilityZone: { "Fn::Select": [zone, { "Fn::GetAZs": "" }] },
          CidrBlock: cidr,
        },
      },
    ],
    [
      routesId(id),
      {
        Type: "AWS::EC2::SubnetRouteTableAssociation",
        Properties: { SubnetId: ref(id), RouteTableId: ref(routes) },
      },
    ],
  ]);
  return Object.fromEntries(resources);
}

function gatewayEndpoint(service: "s3" | "dynamodb", withPrivate: boolean): Resource {
  return {
    Type: "AWS::EC2::VPCEndpoint",
    Properties: {
      VpcEndpointType: "Gateway",
      VpcId: ref("Vpc"),
      ServiceName: sub(`com.amazonaws.\${AWS::Region}.${service}`),
      RouteTableIds: [ref("PublicRouteTable"), ...(withPrivate ? [ref("PrivateRouteTable")] : [])],
    },
  };
}
