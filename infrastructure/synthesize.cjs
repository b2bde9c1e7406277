"use strict";

/** The parts of the template that TypeScript makes, by the names that serverless.yml and the function.yml files use. */
const { join } = require("node:path");
const loadTypeScript = require("./load-typescript.cjs");

/** What users may have got wrong; the framework would repeat it for each part and with a stack. */
const MISTAKES = ["PipelinesError", "OldNodeError"];
const mistakes = new Set();

const part = (name) => async (variables) => {
  try {
    return await loadTypeScript(join(__dirname, "synthesize.ts"))[name](variables);
  } catch (error) {
    if (!MISTAKES.includes(error.name)) throw error;
    mistakes.add(error.message);
    return {};
  }
};

module.exports = {
  settings: async (variables) => loadTypeScript(join(__dirname, "settings.ts")).settingsOf(variables),
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
