import { fargateSize, checkContainerSizes, ephemeralStorageGib } from "../launch/task-size.ts";
import type { ContainerDefinition, RegisterInput } from "../model/definition.ts";
import { checkTags, clientError, invalid } from "../model/shapes.ts";
import { refuse } from "./refuse.ts";
import { checkVolumes } from "./volume-rules.ts";

/** What a task made of child processes cannot do. It is refused by name, for nothing may be ignored in silence. */
const refusedOfTask = [
  "proxyConfiguration",
  "placementConstraints",
  "inferenceAccelerators",
  "pidMode",
  "ipcMode",
  "enableFaultInjection",
];
const refusedOfContainer = [
  "environmentFiles",
  "volumesFrom",
  "dependsOn",
  "healthCheck",
  "firelensConfiguration",
  "repositoryCredentials",
  "restartPolicy",
  "credentialSpecs",
  "resourceRequirements",
  "links",
  "extraHosts",
  "privileged",
  "systemControls",
];
/** awslogs options that change what is logged and that the local cloud does not know. */
const refusedOfLogs = ["awslogs-multiline-pattern", "awslogs-datetime-format"];

/**
 * Holds a task definition to the rules of RegisterTaskDefinition and of Fargate.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
 * @throws AwsError ClientException, InvalidParameterException
 */
export function checkDefinition(definition: RegisterInput): void {
  if (!/^[\w-]{1,255}$/.test(definition.family))
    throw clientError("Family should be between 1 and 255 characters, of letters, digits, '_' and '-'.");
  if (definition.containerDefinitions.length === 0) throw clientError("Container list cannot be empty.");
  if (definition.containerDefinitions.length > 10)
    throw clientError("A task definition can have at most 10 containers.");
  if (JSON.stringify(definition).length > 64 * 1024)
    throw clientError("Actual length of the task definition is above the maximum of 65536 bytes.");
  checkTags(definition.tags ?? []);
  refuse(refusedOfTask, definition, "RegisterTaskDefinition");
  checkVolumes(definition);
  const names = definition.containerDefinitions.map(({ name }) => name);
  if (new Set(names).size < names.length) throw clientError("Container names must be unique.");
  if (!definition.containerDefinitions.some(({ essential }) => essential)) {
    throw clientError("Invalid 'essential' setting. At least one container in the task must be essential.");
  }
  for (const container of definition.containerDefinitions) checkContainer(container, definition);
  if (definition.requiresCompatibilities?.includes("FARGATE") === true) checkFargate(definition);
}

function checkFargate(definition: RegisterInput): void {
  if (definition.networkMode !== "awsvpc") throw clientError("Fargate only supports network mode ‘awsvpc’.");
  const size = fargateSize(definition.cpu, definition.memory);
  checkContainerSizes(definition, size);
  ephemeralStorageGib(definition.ephemeralStorage);
  const logsOut = definition.containerDefinitions.some(
    ({ logConfiguration }) => logConfiguration?.logDriver === "awslogs",
  );
  if (logsOut && definition.executionRoleArn === undefined) {
    throw clientError(
      "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
    );
  }
}

function checkContainer(container: ContainerDefinition, definition: RegisterInput): void {
  const { name, stopTimeout, logConfiguration } = container;
  if (!/^[\w-]{1,255}$/.test(name))
    throw clientError("Invalid container name: use up to 255 letters, digits, '_' and '-'.");
  if (container.image === "") throw clientError(`Container.image should not be null or empty.`);
  refuse(refusedOfContainer, container, `container '${name}'`);
  if (
    container.memory !== undefined &&
    container.memoryReservation !== undefined &&
    container.memory < container.memoryReservation
  ) {
    throw clientError(
      `Invalid setting for container '${name}'. 'memory' must not be below 'memoryReservation'.`,
    );
  }
  if (
    container.memory === undefined &&
    container.memoryReservation === undefined &&
    definition.memory === undefined
  ) {
    throw clientError(
      `Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
    );
  }
  if ((container.secrets ?? []).length > 0 && definition.executionRoleArn === undefined) {
    throw clientError(
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    );
  }
  if (stopTimeout !== undefined && (stopTimeout < 2 || stopTimeout > 120)) {
    throw clientError(
      `Invalid setting for container '${name}'. 'stopTimeout' must be between 2 and 120 seconds on Fargate.`,
    );
  }
  if (logConfiguration === undefined) return;
  if (logConfiguration.logDriver !== "awslogs") {
    throw invalid(`The local cloud does not support the log driver ${logConfiguration.logDriver}.`);
  }
  for (const option of ["awslogs-group", "awslogs-region", "awslogs-stream-prefix"]) {
    if (!logConfiguration.options[option])
      throw clientError(`Log driver awslogs requires options: ${option}`);
  }
  refuse(refusedOfLogs, logConfiguration.options, `the log options of container '${name}'`);
}
