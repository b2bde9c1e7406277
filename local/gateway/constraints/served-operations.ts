/**
 * The operations whose inputs are checked by AWS's models, with the model's folder and version in botocore's data. S3 and
 * DynamoDB and SNS are not here: the first checks its requests itself, the others' engines have AWS's own checks in them.
 */
export interface ServedModel {
  readonly folder: string;
  readonly version: string;
  /** Names of operations, divided by spaces. */
  readonly operations: string;
}

export const SERVED: readonly ServedModel[] = [
  {
    folder: "ecs",
    version: "2014-11-13",
    operations: `CreateCluster DescribeClusters ListClusters PutClusterCapacityProviders DeleteCluster RegisterTaskDefinition
      DescribeTaskDefinition ListTaskDefinitions DeregisterTaskDefinition RunTask StopTask DescribeTasks ListTasks TagResource
      UntagResource ListTagsForResource CreateService UpdateService DeleteService DescribeServices ListServices
      UpdateTaskProtection GetTaskProtection`,
  },
  {
    folder: "events",
    version: "2015-10-07",
    operations: `PutEvents TestEventPattern PutRule DescribeRule ListRules DeleteRule EnableRule DisableRule PutTargets
      RemoveTargets ListTargetsByRule ListRuleNamesByTarget CreateEventBus DescribeEventBus DeleteEventBus ListEventBuses
      PutPermission RemovePermission TagResource UntagResource ListTagsForResource`,
  },
  {
    folder: "logs",
    version: "2014-03-28",
    operations: `CreateLogGroup DeleteLogGroup DescribeLogGroups PutRetentionPolicy DeleteRetentionPolicy CreateLogStream
      DeleteLogStream DescribeLogStreams PutLogEvents GetLogEvents FilterLogEvents TagResource UntagResource
      ListTagsForResource`,
  },
  {
    folder: "sqs",
    version: "2012-11-05",
    operations: `SendMessage SendMessageBatch ReceiveMessage DeleteMessage DeleteMessageBatch ChangeMessageVisibility
      ChangeMessageVisibilityBatch CreateQueue DeleteQueue GetQueueUrl GetQueueAttributes SetQueueAttributes ListQueues
      PurgeQueue TagQueue UntagQueue ListQueueTags AddPermission RemovePermission ListDeadLetterSourceQueues`,
  },
  {
    folder: "lambda",
    version: "2015-03-31",
    operations: `CreateFunction GetFunction GetFunctionConfiguration UpdateFunctionCode UpdateFunctionConfiguration DeleteFunction
      ListFunctions PublishVersion ListVersionsByFunction CreateAlias GetAlias UpdateAlias DeleteAlias ListAliases
      AddPermission RemovePermission GetPolicy CreateEventSourceMapping GetEventSourceMapping UpdateEventSourceMapping
      DeleteEventSourceMapping ListEventSourceMappings PutFunctionEventInvokeConfig GetFunctionEventInvokeConfig
      UpdateFunctionEventInvokeConfig DeleteFunctionEventInvokeConfig PutFunctionConcurrency GetFunctionConcurrency
      DeleteFunctionConcurrency TagResource UntagResource ListTags GetAccountSettings`,
  },
  {
    folder: "cloudwatch",
    version: "2010-08-01",
    operations: `PutMetricData GetMetricData GetMetricStatistics ListMetrics PutMetricAlarm DescribeAlarms
      DescribeAlarmsForMetric DescribeAlarmHistory PutCompositeAlarm DeleteAlarms SetAlarmState EnableAlarmActions DisableAlarmActions`,
  },
  {
    folder: "application-autoscaling",
    version: "2016-02-06",
    operations: `RegisterScalableTarget DeregisterScalableTarget DescribeScalableTargets PutScalingPolicy DeleteScalingPolicy
      DescribeScalingPolicies DescribeScalingActivities PutScheduledAction DeleteScheduledAction DescribeScheduledActions`,
  },
  {
    folder: "cloudformation",
    version: "2010-05-15",
    operations: `CreateStack UpdateStack DeleteStack DescribeStacks DescribeStackEvents DescribeStackResource ListStacks
      ListStackResources CreateChangeSet DescribeChangeSet ExecuteChangeSet DeleteChangeSet ListChangeSets GetTemplate
      ContinueUpdateRollback ListImports`,
  },
  {
    folder: "iam",
    version: "2010-05-08",
    operations: `CreateRole GetRole DeleteRole ListRoles PutRolePolicy GetRolePolicy DeleteRolePolicy ListRolePolicies
      AttachRolePolicy DetachRolePolicy ListAttachedRolePolicies UpdateAssumeRolePolicy`,
  },
  { folder: "sts", version: "2011-06-15", operations: "AssumeRole GetCallerIdentity" },
  {
    folder: "ssm",
    version: "2014-11-06",
    operations: `PutParameter GetParameter GetParameters GetParametersByPath DeleteParameter DeleteParameters
      DescribeParameters AddTagsToResource RemoveTagsFromResource ListTagsForResource`,
  },
  {
    folder: "secretsmanager",
    version: "2017-10-17",
    operations: `CreateSecret GetSecretValue PutSecretValue UpdateSecret DeleteSecret RestoreSecret DescribeSecret ListSecrets
      TagResource UntagResource`,
  },
  {
    folder: "scheduler",
    version: "2021-06-30",
    operations: `CreateSchedule GetSchedule UpdateSchedule DeleteSchedule ListSchedules CreateScheduleGroup GetScheduleGroup
      DeleteScheduleGroup ListScheduleGroups TagResource UntagResource ListTagsForResource`,
  },
];
