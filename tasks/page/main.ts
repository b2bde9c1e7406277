import { createServer } from "node:http";

/** The least that a service behind a load balancer needs: a page, an answer to the health check, and an end when it is told to stop. */

const PORT = 8080;

const server = createServer((request, response) => {
  if (request.url === "/health") {
    response.writeHead(200, { "content-type": "text/plain" }).end("well\n");
    return;
  }
  response
    .writeHead(200, { "content-type": "text/html; charset=utf-8" })
    .end("<!doctype html><title>Slipway</title><p>This page is served by a task of Slipway.</p>\n");
});

// The balancer sends nothing new by now; what is under way may end.
process.once("SIGTERM", () => server.close());
server.listen(PORT);
