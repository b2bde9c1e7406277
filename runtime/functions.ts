import { DynamoDbJobStore } from "#adapters/aws/dynamodb-job-store.ts";
import { DynamoDbMailPermits } from "#adapters/aws/dynamodb-mail-permits.ts";
import { DynamoDbNoticeStore } from "#adapters/aws/dynamodb-notice-store.ts";
import { DynamoDbObjectLineStore } from "#adapters/aws/dynamodb-object-line-store.ts";
import { DynamoDbPipelineStore } from "#adapters/aws/dynamodb-pipeline-store.ts";
import { DynamoDbRunStore } from "#adapters/aws/dynamodb-run-store.ts";
import { CloudWatchTaskLogs } from "#adapters/aws/cloudwatch-task-logs.ts";
import { EcsTaskLauncher } from "#adapters/aws/ecs-task-launcher.ts";
import { EcsTaskStopper } from "#adapters/aws/ecs-task-stopper.ts";
import { EventBridgeAnnouncements } from "#adapters/aws/eventbridge-announcements.ts";
import { SnsAdminMail } from "#adapters/aws/sns-admin-mail.ts";
import { SqsQuarantine } from "#adapters/aws/sqs-quarantine.ts";
import { SqsWakeUps } from "#adapters/aws/sqs-wake-ups.ts";
import type { DispatchPorts } from "#flow/dispatch/ports.ts";
import type { NotifyPorts } from "#flow/notify-failure.ts";
import type { MeasurePorts } from "#flow/measure-waiting.ts";
import { PacedMail } from "#flow/paced-mail.ts";
import type { IntakePorts } from "#flow/record-trigger.ts";
import type { SweepPorts } from "#flow/sweep/ports.ts";
import type { TrackPorts } from "#flow/track-task.ts";
import { pipelines } from "#pipelines";
import { type Config, FUNCTION_VARIABLES, readConfig } from "./config.ts";
import { ecs, ecsOnce, eventBridge, logs, sns } from "./function-clients.ts";
import { countedAnnouncements, countedLauncher, embeddedMeasures } from "./measures.ts";
import { log } from "./observability.ts";
import { dynamoDb, sqs } from "./shared-clients.ts";
import { systemChance, systemClock, systemPause } from "./system.ts";

/* What each function works with: its configuration turned into adapters. */

type PortsOf<Ports> = Omit<Ports, "remainingMs">;

export function intakePorts(): IntakePorts {
  const config = readConfig(FUNCTION_VARIABLES.intake);
  return {
    jobs: new DynamoDbJobStore(table(config)),
    lines: new DynamoDbObjectLineStore(table(config)),
    quarantine: quarantine(config.SLIPWAY_INTAKE_DEAD_LETTER_QUEUE_URL),
    wakeUps: wakeUps(config),
    clock: systemClock,
    log,
    pipelines,
    uploadsBucket: config.SLIPWAY_UPLOADS_BUCKET,
    rulePrefix: config.SLIPWAY_RULE_PREFIX,
  };
}

export function dispatchPorts(): PortsOf<DispatchPorts> {
  const config = readConfig(FUNCTION_VARIABLES.dispatch);
  return {
    ...settling(config, config.SLIPWAY_WAKE_QUEUE_URL),
    launcher: countedLauncher(
      new EcsTaskLauncher({ client: ecsOnce(), cluster: config.SLIPWAY_CLUSTER }),
      embeddedMeasures,
    ),
    site: {
      cluster: config.SLIPWAY_CLUSTER,
      networks: config.SLIPWAY_NETWORKS,
      capacityProviders: config.SLIPWAY_CAPACITY_PROVIDERS,
      taskDefinitions: config.SLIPWAY_TASK_DEFINITIONS,
    },
    limits: {
      maxVcpu: config.SLIPWAY_MAX_VCPU,
      maxTasks: config.SLIPWAY_MAX_TASKS,
      launchesPerSecond: config.SLIPWAY_LAUNCHES_PER_SECOND,
    },
    pause: systemPause,
  };
}

export function wakePorts(): Pick<IntakePorts, "wakeUps"> {
  return { wakeUps: wakeUps(readConfig(FUNCTION_VARIABLES.wake)) };
}

export function trackPorts(): TrackPorts {
  const config = readConfig(FUNCTION_VARIABLES.track);
  return {
    ...settling(config),
    launcher: new EcsTaskStopper({ client: ecs(), cluster: config.SLIPWAY_CLUSTER }),
    quarantine: quarantine(config.SLIPWAY_TASK_EVENTS_DEAD_LETTER_QUEUE_URL),
  };
}

export function notifyPorts(): NotifyPorts {
  const config = readConfig(FUNCTION_VARIABLES.notify);
  const logGroupPrefix = config.SLIPWAY_LOG_GROUP_PREFIX;
  return {
    notices: new DynamoDbNoticeStore(table(config)),
    mail: adminMail(config),
    taskLogs: new CloudWatchTaskLogs({ client: logs(), logGroupPrefix }),
    clock: systemClock,
    log,
    stage: config.SLIPWAY_STAGE,
    region: config.AWS_REGION,
    logGroupPrefix,
    pipelines,
  };
}

export function sweepPorts(): PortsOf<SweepPorts> & MeasurePorts {
  const config = readConfig(FUNCTION_VARIABLES.sweep);
  return {
    ...settling(config),
    launcher: new EcsTaskLauncher({ client: ecs(), cluster: config.SLIPWAY_CLUSTER }),
    notices: new DynamoDbNoticeStore(table(config)),
    mail: adminMail(config),
    measures: embeddedMeasures,
    stage: config.SLIPWAY_STAGE,
  };
}

type SettleConfig = Config<
  "SLIPWAY_JOBS_TABLE" | "SLIPWAY_EVENT_BUS" | "SLIPWAY_DISPATCH_QUEUE_URL" | "SLIPWAY_WAKE_DEDUPLICATION"
>;

function settling(config: SettleConfig, wakeQueueUrl?: string) {
  return {
    jobs: new DynamoDbJobStore(table(config)),
    runs: new DynamoDbRunStore(table(config)),
    lines: new DynamoDbObjectLineStore(table(config)),
    pipelineStore: new DynamoDbPipelineStore(table(config)),
    announcements: countedAnnouncements(
      new EventBridgeAnnouncements({ client: eventBridge(), busName: config.SLIPWAY_EVENT_BUS }),
      embeddedMeasures,
    ),
    wakeUps: wakeUps(config, wakeQueueUrl),
    clock: systemClock,
    chance: systemChance,
    log,
    pipelines,
  };
}

function table(config: Config<"SLIPWAY_JOBS_TABLE">) {
  return { client: dynamoDb(), tableName: config.SLIPWAY_JOBS_TABLE };
}

/** All functions keep one pace together, for SNS counts the mails of the topic. */
function adminMail(config: Config<"SLIPWAY_JOBS_TABLE" | "SLIPWAY_ADMIN_TOPIC">) {
  return new PacedMail({
    mail: new SnsAdminMail({ client: sns(), topicArn: config.SLIPWAY_ADMIN_TOPIC }),
    permits: new DynamoDbMailPermits(table(config)),
    clock: systemClock,
    pause: systemPause,
  });
}

function quarantine(queueUrl: string) {
  return new SqsQuarantine({ client: sqs(), queueUrl });
}

function wakeUps(
  config: Config<"SLIPWAY_DISPATCH_QUEUE_URL" | "SLIPWAY_WAKE_DEDUPLICATION">,
  wakeQueueUrl?: string,
) {
  return new SqsWakeUps({
    client: sqs(),
    dispatchQueueUrl: config.SLIPWAY_DISPATCH_QUEUE_URL,
    deduplication: config.SLIPWAY_WAKE_DEDUPLICATION,
    ...(wakeQueueUrl === undefined ? {} : { wakeQueueUrl }),
  });
}
