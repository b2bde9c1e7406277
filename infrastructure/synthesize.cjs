"use strict";

/** The parts of the template that TypeScript makes, by the names that serverless.yml and the function.yml files use. */
const { join } = require("node:path");
const loadTypeScript = require("./load-typescript.cjs");

/** What users may have got wrong; the framework would repeat it for each part and with a stack. */
const MISTAKES = ["PipelinesError", "SettingsError", "OldNodeError"];
const mistakes = new Set();

const part =
  (name, otherwise = () => ({})) =>
  async (variables) => {
    try {
      return await loadTypeScript(join(__dirname, "synthesize.ts"))[name](variables);
    } catch (error) {
      if (!MISTAKES.includes(error.name)) throw error;
      mistakes.add(error.message);
      return otherwise(variables);
    }
  };

/** What else names a setting has to find one, or the framework would complain of that. */
const defaults = (variables) => variables.resolveVariable("file(./infrastructure/stages/default.yml)");

module.exports = {
  settings: part("settingsPart", defaults),
  network: part("networkPart"),
  queues: part("queuesPart"),
  alarms: part("alarmsPart"),
  dashboard: part("dashboardPart"),
  administrators: part("administratorsPart"),
  capacity: part("capacityPart"),
  sharedFiles: part("sharedFilesPart"),
  pipelines: part("pipelinesPart"),
  networks: part("networksPart"),
  capacityProviders: part("capacityProvidersPart"),
  taskDefinitions: part("taskDefinitionsPart"),
  taskDefinitionFamilies: part("taskDefinitionFamiliesPart"),
  passedRoles: part("passedRolesPart"),
  taskBuilds: part("taskBuildsPart"),
  taskLogGroups: part("taskLogGroupsPart"),
  /** Nothing may be packaged while there are any; the plugin sees to it. */
  mistakes,
};
