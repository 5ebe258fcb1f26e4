// The floor of a webhook: Node's own HTTPS server, which parses what it is sent and allows it. `bare-webhook.js CERT KEY PORT`.
import { readFileSync } from "node:fs";
import { createServer } from "node:https";

const [cert, key, port] = process.argv.slice(2);
const tls = { cert: readFileSync(cert), key: readFileSync(key), keepAliveTimeout: 75_000 };
createServer(tls, (request, response) => {
  const pieces = [];
  request.on("data", (piece) => pieces.push(piece));
  request.on("end", () => {
    const review = JSON.parse(Buffer.concat(pieces).toString("utf8"));
    const { apiVersion, kind, request: asked } = review;
    const body = JSON.stringify({ apiVersion, kind, response: { uid: asked.uid, allowed: true } });
    response.writeHead(200, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    });
    response.end(body);
  });
}).listen(Number(port), "127.0.0.1");
