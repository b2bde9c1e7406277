import { Agent, request } from "node:http";

/**
 * Client of the Runtime API.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export class RuntimeApi {
  #base;
  #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  /** @param {string} address host, port and path prefix, as AWS_LAMBDA_RUNTIME_API gives them */
  constructor(address) {
    this.#base = `http://${address}/2018-06-01/runtime`;
  }

  /** Waits for the next invocation, however long that takes. */
  async next() {
    const { headers, body } = await this.#send("GET", "/invocation/next");
    return {
      requestId: String(headers["lambda-runtime-aws-request-id"]),
      deadlineMs: Number(headers["lambda-runtime-deadline-ms"]),
      functionArn: String(headers["lambda-runtime-invoked-function-arn"]),
      clientContext: headers["lambda-runtime-client-context"],
      body,
    };
  }

  /** @param {string} requestId @param {string} body JSON */
  async respond(requestId, body) {
    await this.#send("POST", `/invocation/${requestId}/response`, body);
  }

  /** @param {string} requestId @param {{errorType: string}} error */
  async invocationFailed(requestId, error) {
    await this.#send("POST", `/invocation/${requestId}/error`, JSON.stringify(error), error.errorType);
  }

  /** @param {{errorType: string}} error */
  async initializationFailed(error) {
    await this.#send("POST", "/init/error", JSON.stringify(error), error.errorType);
  }

  #send(method, path, body, errorType) {
    const headers = {
      ...(body === undefined
        ? {}
        : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
      // A header holds ASCII only, an error's name anything.
      ...(errorType === undefined
        ? {}
        : { "lambda-runtime-function-error-type": encodeURIComponent(errorType) }),
    };
    return new Promise((resolve, reject) => {
      const sent = request(this.#base + path, { method, headers, agent: this.#agent }, (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({ headers: response.headers, body: Buffer.concat(chunks).toString("utf8") }),
        );
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }
}
