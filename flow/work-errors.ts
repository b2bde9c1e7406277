/** The input is at fault: another try would end the same way. `message` is told to people, one plain sentence. */
export class BadInput extends Error {
  override readonly name = "BadInput";
}

/** Something outside failed that may work the next time. `message` is told to people, one plain sentence. */
export class TryAgain extends Error {
  override readonly name = "TryAgain";
}

/** The pipelines are at fault: neither another try nor another file would help. `message` is told to people. */
export class Misconfigured extends Error {
  override readonly name = "Misconfigured";
}
