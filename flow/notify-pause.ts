import { subject } from "#core/notices/mail-text.ts";
import type { AdminMail } from "#core/ports/messaging.ts";
import type { PipelinePaused } from "#events/slipway/pipeline-paused.ts";

/** Mails that a pipeline's guard has paused it. It happens at most once between two resumes, so each one is mailed. */
export async function notifyPause(
  { detail }: PipelinePaused,
  { mail, stage }: { readonly mail: AdminMail; readonly stage: string },
): Promise<void> {
  const { pipeline, reason, advice, at } = detail;
  await mail.send({
    subject: subject(`Slipway ${stage}: ${pipeline} is paused by its guard`),
    body: [
      `Pipeline ${pipeline} on stage ${stage} launches nothing more.`,
      "",
      `Why:   ${reason}`,
      `To do: ${advice}`,
      `When:  ${at}`,
    ].join("\n"),
  });
}
