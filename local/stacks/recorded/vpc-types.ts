import type { RecordedResource, RecordedType } from "./recorded-provider.ts";
import { textOf } from "./recorded-provider.ts";

/** Ids of EC2 are a short prefix and 17 hexadecimal digits. */
function withPrefix(prefix: string, attributes?: RecordedType["attributes"]): RecordedType {
  return {
    physicalId: ({ hex }) => `${prefix}-${hex(17)}`,
    ...(attributes === undefined ? {} : { attributes }),
  };
}

/** The parts of a network. Ref and Fn::GetAtt as the reference of each type has them. */
export const vpcTypes: Readonly<Record<string, RecordedType>> = {
  "AWS::EC2::VPC": withPrefix("vpc", (VpcId, { properties, hex }) => ({
    VpcId,
    CidrBlock: properties["CidrBlock"],
    CidrBlockAssociations: [`vpc-cidr-assoc-${hex(17)}`],
    DefaultNetworkAcl: `acl-${hex(17)}`,
    DefaultSecurityGroup: `sg-${hex(17)}`,
    Ipv6CidrBlocks: [],
  })),
  "AWS::EC2::VPCCidrBlock": withPrefix("vpc-cidr-assoc", (Id) => ({ Id })),
  "AWS::EC2::Subnet": withPrefix("subnet", (SubnetId, { properties, region, hex }) => ({
    SubnetId,
    AvailabilityZone: properties["AvailabilityZone"] ?? `${region}a`,
    CidrBlock: properties["CidrBlock"],
    VpcId: properties["VpcId"],
    NetworkAclAssociationId: `aclassoc-${hex(17)}`,
    Ipv6CidrBlocks: [],
  })),
  "AWS::EC2::InternetGateway": withPrefix("igw", (InternetGatewayId) => ({ InternetGatewayId })),
  "AWS::EC2::EgressOnlyInternetGateway": withPrefix("eigw", (Id) => ({ Id })),
  "AWS::EC2::VPCGatewayAttachment": {
    physicalId: ({ properties }) =>
      `${properties["InternetGatewayId"] === undefined ? "VGW" : "IGW"}|${textOf(properties["VpcId"])}`,
    attributes: (_, { properties }) => ({
      AttachmentType: properties["InternetGatewayId"] === undefined ? "VGW" : "IGW",
    }),
  },
  "AWS::EC2::RouteTable": withPrefix("rtb", (RouteTableId) => ({ RouteTableId })),
  "AWS::EC2::Route": {
    physicalId: ({ properties }) => `${textOf(properties["RouteTableId"])}|${destinationOf(properties)}`,
    attributes: (_, { properties }) => ({ CidrBlock: destinationOf(properties) }),
  },
  "AWS::EC2::SubnetRouteTableAssociation": withPrefix("rtbassoc", (Id) => ({ Id })),
  "AWS::EC2::SecurityGroup": withPrefix("sg", (GroupId, { properties }) => ({
    GroupId,
    Id: GroupId,
    VpcId: properties["VpcId"],
  })),
  "AWS::EC2::SecurityGroupIngress": withPrefix("sgr", (Id) => ({ Id })),
  "AWS::EC2::SecurityGroupEgress": withPrefix("sgr", (Id) => ({ Id })),
  "AWS::EC2::VPCEndpoint": withPrefix("vpce", (Id) => ({
    Id,
    CreationTimestamp: "",
    DnsEntries: [],
    NetworkInterfaceIds: [],
  })),
  "AWS::EC2::NatGateway": withPrefix("nat", (NatGatewayId) => ({ NatGatewayId })),
  "AWS::EC2::EIP": {
    physicalId: addressOf,
    attributes: (PublicIp, { hex }) => ({ PublicIp, AllocationId: `eipalloc-${hex(17)}` }),
  },
  "AWS::EC2::FlowLog": withPrefix("fl", (Id) => ({ Id })),
  "AWS::EC2::LaunchTemplate": withPrefix("lt", (LaunchTemplateId) => ({
    LaunchTemplateId,
    DefaultVersionNumber: "1",
    LatestVersionNumber: "1",
  })),
};

function destinationOf(properties: Readonly<Record<string, unknown>>): string {
  const names = ["DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"];
  return names.map((name) => textOf(properties[name])).find((value) => value !== undefined) ?? "";
}

/** An address of 198.51.100.0/24, which RFC 5737 keeps for documentation. */
function addressOf({ hex }: RecordedResource): string {
  return `198.51.100.${1 + (Number.parseInt(hex(2), 16) % 254)}`;
}
