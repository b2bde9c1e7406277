import { endpointServices } from "#core/pipelines/private-endpoints.ts";
import type { Pipeline } from "#core/pipelines/pipeline.ts";
import { ref, sub, type Resource, type Resources } from "../template.ts";
import { PRIVATE_SUBNET_IDS } from "./own-vpc.ts";

/** The way of private tasks to AWS: an endpoint for each service that one of them uses, and for no other. */
export function privateEndpoints(pipelines: readonly Pipeline[]): Resources {
  const services = [...new Set(pipelines.flatMap(endpointServices))].sort();
  return {
    EndpointSecurityGroup: {
      Type: "AWS::EC2::SecurityGroup",
      Properties: {
        GroupDescription: "Endpoints of AWS services take HTTPS from tasks",
        VpcId: ref("Vpc"),
        SecurityGroupIngress: [
          {
            IpProtocol: "tcp",
            FromPort: 443,
            ToPort: 443,
            SourceSecurityGroupId: { "Fn::GetAtt": ["TaskSecurityGroup", "GroupId"] },
            Description: "HTTPS from tasks",
          },
        ],
        SecurityGroupEgress: [
          { IpProtocol: "-1", CidrIp: "127.0.0.1/32", Description: "Endpoints open no connections" },
        ],
      },
    },
    ...Object.fromEntries(services.map((service) => [endpointId(service), endpoint(service)])),
  };
}

/** The endpoints without which a task of the pipeline could not start or not work. */
export const endpointIds = (pipeline: Pipeline): string[] =>
  [...new Set(endpointServices(pipeline))].sort().map(endpointId);

const endpointId = (service: string): string => `${camel(service)}Endpoint`;

/** "ecr.api" is EcrApi. */
function camel(service: string): string {
  return service
    .split(/[.-]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}

function endpoint(service: string): Resource {
  return {
    Type: "AWS::EC2::VPCEndpoint",
    Properties: {
      VpcEndpointType: "Interface",
      PrivateDnsEnabled: true,
      VpcId: ref("Vpc"),
      ServiceName: sub(`com.amazonaws.\${AWS::Region}.${service}`),
      SubnetIds: PRIVATE_SUBNET_IDS.map(ref),
      SecurityGroupIds: [{ "Fn::GetAtt": ["EndpointSecurityGroup", "GroupId"] }],
    },
  };
}
