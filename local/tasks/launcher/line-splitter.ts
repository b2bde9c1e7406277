import { StringDecoder } from "node:string_decoder";

/** An event of CloudWatch Logs holds no more. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
const maxCharacters = 256 * 1024;

/** Cuts a stream of bytes into lines; a last line without an end is given at `end`. */
export class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";

  push(chunk: Buffer): string[] {
    const lines = (this.#rest + this.#decoder.write(chunk)).split("\n");
    this.#rest = lines.pop() ?? "";
    while (this.#rest.length > maxCharacters) {
      lines.push(this.#rest.slice(0, maxCharacters));
      this.#rest = this.#rest.slice(maxCharacters);
    }
    return lines.map((line) => line.replace(/\r$/, ""));
  }

  end(): string[] {
    const last = this.#rest + this.#decoder.end();
    this.#rest = "";
    return last === "" ? [] : [last];
  }
}
