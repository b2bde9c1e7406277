import { afterAll, beforeAll, describe } from "@jest/globals";
import { afterAllOfIt } from "./scenarios/after-all-of-it.ts";
import { badMessages } from "./scenarios/bad-messages.ts";
import { commands } from "./scenarios/commands.ts";
import { deploys } from "./scenarios/deploys.ts";
import { doctor } from "./scenarios/doctor.ts";
import { duplicates } from "./scenarios/duplicates.ts";
import { faultsOfEcs } from "./scenarios/faults-of-ecs.ts";
import { lostEvents } from "./scenarios/lost-events.ts";
import { realFiles } from "./scenarios/real-files.ts";
import { requests } from "./scenarios/requests.ts";
import { restarts } from "./scenarios/restarts.ts";
import { unusualUploads } from "./scenarios/unusual-uploads.ts";
import { uploadJourney } from "./scenarios/upload-journey.ts";
import { DeployedService } from "./support/deployed-service.ts";

/*
 * The whole service as `serverless deploy` puts it into a local cloud, seen from outside: through AWS's APIs and the operator's
 * commands. The scenarios share one deploy, for that takes longer than any of them; each uses keys of its own. The order
 * matters in two ways only: the clock goes forward and never back, and what must hold "after all of it" comes last.
 */

const service = new DeployedService();

beforeAll(() => service.start());
afterAll(() => service.end());

describe("the deployed service", () => {
  uploadJourney(service);
  const faults = faultsOfEcs(service);
  unusualUploads(service);
  duplicates(service);
  badMessages(service);
  requests(service);
  realFiles(service);
  commands(service);
  const restarted = restarts(service);
  lostEvents(service);
  deploys(service);
  faults.afterwards();
  restarted.afterwards();
  doctor(service);
  afterAllOfIt(service);
});
