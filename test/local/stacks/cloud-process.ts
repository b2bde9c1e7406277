import { createStacksService } from "#local/stacks/service.ts";
import { startOneService } from "../support/one-service.ts";
import { fileProviders } from "./file-providers.ts";

/** CloudFormation in a process of its own, to be killed: node cloud-process.ts DATA_DIR FILES. Prints its endpoint. */
const [dataDir = "", folder = ""] = process.argv.slice(2);
const providers = fileProviders(folder, { calls: [], hangs: true });
const { client } = await startOneService((context) => createStacksService(context, providers), { dataDir });
console.log(client.endpoint);
