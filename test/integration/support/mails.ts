import type { DeployedService } from "./deployed-service.ts";
import { eventually } from "./eventually.ts";

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly body: string;
}

/** Waits for a mail to the administrator whose body has this text. */
export async function mailAbout(service: DeployedService, text: string): Promise<Mail> {
  const mails = await eventually(
    `a mail with "${text}"`,
    async () =>
      ((await service.cloud.control("topics", "outbox")) as Mail[]).filter(({ body }) => body.includes(text)),
    (found) => found.length > 0,
  );
  return mails[0] as Mail;
}
