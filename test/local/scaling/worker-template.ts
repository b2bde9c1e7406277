import { fileURLToPath } from "node:url";

const image = fileURLToPath(new URL("images/consumer", import.meta.url));
const metric = (Namespace: string, MetricName: string, Dimensions: unknown[], Stat: string) => ({
  MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Stat },
  ReturnData: false,
});
const queue = [{ Name: "QueueName", Value: { "Fn::GetAtt": ["Work", "QueueName"] } }];
const service = [
  { Name: "ClusterName", Value: { Ref: "Cluster" } },
  { Name: "ServiceName", Value: { "Fn::GetAtt": ["Service", "Name"] } },
];

/** A queue, a service that works it off, and target tracking on the messages per task, those in flight counted. */
export const workerTemplate = {
  Resources: {
    Work: { Type: "AWS::SQS::Queue" },
    Cluster: {
      Type: "AWS::ECS::Cluster",
      Properties: { ClusterSettings: [{ Name: "containerInsights", Value: "enabled" }] },
    },
    TaskRole: {
      Type: "AWS::IAM::Role",
      Properties: {
        AssumeRolePolicyDocument: {
          Statement: [
            { Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" },
          ],
        },
        Policies: [
          {
            PolicyName: "work",
            PolicyDocument: {
              Statement: [
                {
                  Effect: "Allow",
                  Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage"],
                  Resource: { "Fn::GetAtt": ["Work", "Arn"] },
                },
                { Effect: "Allow", Action: "ecs:UpdateTaskProtection", Resource: "*" },
                { Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: "*" },
              ],
            },
          },
        ],
      },
    },
    Log: { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: "/consumer" } },
    Task: {
      Type: "AWS::ECS::TaskDefinition",
      Properties: {
        RequiresCompatibilities: ["FARGATE"],
        NetworkMode: "awsvpc",
        Cpu: "256",
        Memory: "512",
        TaskRoleArn: { "Fn::GetAtt": ["TaskRole", "Arn"] },
        ExecutionRoleArn: { "Fn::GetAtt": ["TaskRole", "Arn"] },
        ContainerDefinitions: [
          {
            Name: "main",
            Image: image,
            Environment: [
              { Name: "QUEUE_URL", Value: { Ref: "Work" } },
              { Name: "WORK_MS", Value: "400" },
            ],
            LogConfiguration: {
              LogDriver: "awslogs",
              Options: {
                "awslogs-group": { Ref: "Log" },
                "awslogs-region": { Ref: "AWS::Region" },
                "awslogs-stream-prefix": "run",
              },
            },
          },
        ],
      },
    },
    Service: {
      Type: "AWS::ECS::Service",
      Properties: {
        Cluster: { Ref: "Cluster" },
        TaskDefinition: { Ref: "Task" },
        LaunchType: "FARGATE",
        DesiredCount: 0,
        NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ["subnet-1"] } },
      },
    },
    Capacity: {
      Type: "AWS::ApplicationAutoScaling::ScalableTarget",
      Properties: {
        ServiceNamespace: "ecs",
        ScalableDimension: "ecs:service:DesiredCount",
        ResourceId: { "Fn::Sub": "service/${Cluster}/${Service.Name}" },
        MinCapacity: 0,
        MaxCapacity: "3",
      },
    },
    Backlog: {
      Type: "AWS::ApplicationAutoScaling::ScalingPolicy",
      Properties: {
        PolicyName: "backlog",
        PolicyType: "TargetTrackingScaling",
        ScalingTargetId: { Ref: "Capacity" },
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 4,
          ScaleOutCooldown: 60,
          ScaleInCooldown: 60,
          CustomizedMetricSpecification: {
            Metrics: [
              { Id: "waiting", ...metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", queue, "Maximum") },
              { Id: "busy", ...metric("AWS/SQS", "ApproximateNumberOfMessagesNotVisible", queue, "Maximum") },
              { Id: "running", ...metric("ECS/ContainerInsights", "RunningTaskCount", service, "Average") },
              {
                Id: "backlog",
                Expression:
                  "IF(FILL(running, 0) > 0, (waiting + busy) / FILL(running, 0), 10 * (waiting + busy))",
                ReturnData: true,
              },
            ],
          },
        },
      },
    },
  },
  Outputs: {
    QueueUrl: { Value: { Ref: "Work" } },
    Cluster: { Value: { Ref: "Cluster" } },
    Service: { Value: { "Fn::GetAtt": ["Service", "Name"] } },
  },
};
