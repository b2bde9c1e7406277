import type { WorkMessage } from "../intake/read-message.ts";

export interface ReceivedMessage extends WorkMessage {
  /** What this receiving of the message is known by; the next one gets another. */
  readonly receipt: string;
  /** How often it has been received, this time included. */
  readonly receives: number;
}

/** The queue of a worker. What is received is hidden from others for a while, and comes again unless it is deleted. */
export interface WorkQueue {
  /** Waits for messages, up to `waitSeconds`. @returns none where none came, or the signal aborted first */
  receive(query: {
    /** 1 to 10 */
    limit: number;
    waitSeconds: number;
    visibilitySeconds: number;
    signal: AbortSignal;
  }): Promise<ReceivedMessage[]>;
  /** Hides messages for so many seconds from now on, 0 to 43,200. @returns the receipts that are good for nothing any more */
  hide(receipts: readonly string[], seconds: number): Promise<readonly string[]>;
  /** Any number. What is gone already is deleted. @throws where one that is there could not be deleted */
  delete(receipts: readonly string[]): Promise<void>;
}

/** The jobs of a worker that have ended, for track to publish. @throws where it was not taken: then the messages come again */
export interface EndReports {
  send(jobIds: readonly string[]): Promise<void>;
}

/** ECS's promise not to end this task for scaling in or a deployment. */
export interface TaskProtection {
  /**
   * Takes or renews it. `refused`: the service has more protected tasks than it shall have tasks, so this one is to go.
   * @throws where the endpoint cannot be had
   */
  take(): Promise<"taken" | "refused">;
  giveBack(): Promise<void>;
}
