/** A pattern that EventBridge would refuse; the sentence says what is wrong, without the code that the API puts before it. */
export class PatternError extends Error {
  override readonly name = "PatternError";
}
