import * as rules from "./support/deployment-rules.ts";
import { type RuleCase, rulesHold } from "./support/rules-on-templates.ts";

const CASES: RuleCase[] = [
  [
    "EC2 takes what groups and their rules are described as",
    rules.ec2TakesAllDescriptions,
    [
      { path: "WebServiceSecurityGroup.Properties.SecurityGroupEgress.0.Description", value: "the group's" },
      { path: "EndpointSecurityGroup.Properties.GroupDescription", value: "tasks' endpoints" },
      { path: "SharedFilesFromTasks.Properties.Description", value: "NFS \u2192 tasks" },
    ],
  ],
  [
    "a service waits for what its tasks cannot start without",
    rules.servicesWaitForWhatTheirTasksNeed,
    [
      { path: "WebService.DependsOn", value: "ClusterCapacity" },
      { path: "PlainWebService.DependsOn", value: ["ClusterCapacity", "PlainWebListener"] },
    ],
  ],
  [
    "tasks on instances know their Region",
    rules.tasksOnInstancesKnowTheirRegion,
    [{ path: "RendersTaskDefinition.Properties.ContainerDefinitions.0.Environment", value: [] }],
  ],
  [
    "no service names a launch type",
    rules.nothingNamesALaunchType,
    [{ path: "WebService.Properties.CapacityProviderStrategy" }],
  ],
  [
    "intake knows each schedule by its name",
    rules.intakeKnowsTheSchedules,
    [
      { path: "InventoryScheduleRule.Properties.Name", value: "slipway-other-inventory" },
      { path: "NightlySchedule.Properties.Name" },
    ],
  ],
  [
    "a schedule waits for the intake that knows its pipeline",
    rules.schedulesWaitForIntake,
    [{ path: "InventoryScheduleRule.DependsOn" }, { path: "NightlySchedule.DependsOn" }],
  ],
  [
    "images of any account's registry may be pulled",
    rules.imagesMayBePulled,
    [{ path: "VendedExecutionRole.Properties.Policies.0.PolicyDocument.Statement.1.Resource", value: "*" }],
  ],
];

rulesHold(CASES);
