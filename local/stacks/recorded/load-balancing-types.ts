import { textOf, type RecordedResource, type RecordedType } from "./recorded-provider.ts";

/** Ids of Elastic Load Balancing end in 16 hexadecimal digits. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/AWS_ElasticLoadBalancingV2.html */
export const loadBalancingTypes: Readonly<Record<string, RecordedType>> = {
  "AWS::ElasticLoadBalancingV2::LoadBalancer": {
    physicalId: (given) =>
      arn(given, `loadbalancer/${kindOf(given)}/${given.name("Name", 32)}/${given.hex(16)}`),
    attributes: (LoadBalancerArn, given) => ({
      LoadBalancerArn,
      LoadBalancerName: given.name("Name", 32),
      LoadBalancerFullName: LoadBalancerArn.split(":loadbalancer/")[1],
      DNSName: `${given.name("Name", 32)}-${given.hex(9)}.${given.region}.elb.amazonaws.com`,
      CanonicalHostedZoneID: "Z35SXDOTRQ7X7K",
      SecurityGroups: given.properties["SecurityGroups"] ?? [],
    }),
  },
  "AWS::ElasticLoadBalancingV2::TargetGroup": {
    physicalId: (given) => arn(given, `targetgroup/${given.name("Name", 32)}/${given.hex(16)}`),
    attributes: (TargetGroupArn, given) => ({
      TargetGroupArn,
      TargetGroupName: given.name("Name", 32),
      TargetGroupFullName: TargetGroupArn.split(":").at(-1),
      LoadBalancerArns: [],
    }),
  },
  "AWS::ElasticLoadBalancingV2::Listener": {
    physicalId: (given) => listenerArn(given, textOf(given.properties["LoadBalancerArn"]) ?? ""),
    attributes: (ListenerArn) => ({ ListenerArn }),
  },
  "AWS::ElasticLoadBalancingV2::ListenerRule": {
    physicalId: ({ properties, hex }) =>
      `${(textOf(properties["ListenerArn"]) ?? "").replace(":listener/", ":listener-rule/")}/${hex(16)}`,
    attributes: (RuleArn) => ({ RuleArn, IsDefault: false }),
  },
  "AWS::ElasticLoadBalancingV2::ListenerCertificate": { physicalId: ({ hex }) => hex(17) },
};

function arn({ region, accountId }: RecordedResource, resource: string): string {
  return `arn:aws:elasticloadbalancing:${region}:${accountId}:${resource}`;
}

function listenerArn({ hex }: RecordedResource, loadBalancerArn: string): string {
  return `${loadBalancerArn.replace(":loadbalancer/", ":listener/")}/${hex(16)}`;
}

function kindOf({ properties }: RecordedResource): string {
  return { network: "net", gateway: "gwy" }[textOf(properties["Type"]) ?? ""] ?? "app";
}
