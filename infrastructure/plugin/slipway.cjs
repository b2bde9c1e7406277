"use strict";

const { join } = require("node:path");
const loadTypeScript = require("../load-typescript.cjs");
const { mistakes } = require("../synthesize.cjs");

/** Refuses to go on while pipelines.ts is wrong, in its words alone; else it is the plugin. */
module.exports = class Slipway {
  constructor(serverless, options, tools) {
    refuse(serverless);
    const { SlipwayPlugin } = loadTypeScript(join(__dirname, "slipway-plugin.ts"));
    const { initialize, ...hooks } = new SlipwayPlugin(serverless, options, tools).hooks;
    this.hooks = { ...hooks, initialize: () => this.#initialize(serverless, initialize) };
  }

  /** The framework reads some parts of the template only after it has made its plugins. */
  #initialize(serverless, next) {
    refuse(serverless);
    return next();
  }
};

function refuse(serverless) {
  if (mistakes.size > 0) throw new serverless.classes.Error([...mistakes].join("\n"), "PIPELINES_REFUSED");
}
