/** Somebody else listens on the port that the cloud was to have. */
export class PortInUseError extends Error {
  override readonly name = "PortInUseError";
  readonly port: number;

  constructor(port: number, options?: ErrorOptions) {
    super(`Port ${port} of 127.0.0.1 is in use.`, options);
    this.port = port;
  }
}
