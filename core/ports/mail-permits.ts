/** SNS suspends a mail subscription that gets more than ten mails a second, so all senders take a permit for each. */
export interface MailPermits {
  /** Takes one of `limit` permits of a second of Unix time. @returns false where all of them are taken */
  take(second: number, limit: number): Promise<boolean>;
}
