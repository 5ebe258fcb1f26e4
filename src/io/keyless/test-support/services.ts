// The services of a deployment of Sigstore on a port of this machine, whose answers are what the real ones give.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { type Deployment, deployment } from "../../trust/test-support/deployment.ts";

const { fulcioHandler } = createRequire(import.meta.url)("@sigstore/mock") as {
  fulcioHandler(ca: object): {
    fn(body: string): Promise<{ statusCode: number; response: string }>;
  };
};

export interface LabServices {
  readonly deployment: Deployment;
  /** Of the authority and the log; timestamps are given below it at `stamp`. */
  readonly address: URL;
  /** The paths that were asked for, in order. */
  readonly asked: string[];
  stop(): Promise<void>;
}

/** Starts them. @param prefix A path below which they lie. */
export async function startServices(prefix = ""): Promise<LabServices> {
  // The authorities' own certificates begin when they are made.
  const made = await deployment(new Date(Math.ceil(Date.now() / 1000) * 1000));
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const path = request.url ?? "";
      asked.push(path);
      const below = path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : "";
      void answer(made, below, Buffer.concat(pieces)).then(({ status, body }) => {
        response.writeHead(status);
        response.end(body);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const at = server.address();
  const port = typeof at === "object" && at !== null ? at.port : 0;
  return {
    deployment: made,
    address: new URL(`http://127.0.0.1:${port}${prefix}`),
    asked,
    stop: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

async function answer(
  made: Deployment,
  path: string,
  body: Buffer,
): Promise<{ status: number; body: string | Buffer }> {
  const { ca, tlog } = made.services;
  if (path === "/api/v2/signingCert") {
    const { statusCode, response } = await fulcioHandler(ca).fn(body.toString());
    return { status: statusCode, body: response };
  }
  if (path === "/api/v1/log/entries") {
    const { envelope, verifiers } = JSON.parse(body.toString()).spec.proposedContent;
    const { payload, signatures } = JSON.parse(envelope);
    const spec = {
      envelopeHash: {
        algorithm: "sha256",
        value: createHash("sha256").update(envelope).digest("hex"),
      },
      payloadHash: { algorithm: "sha256", value: hashOf(payload).toString("hex") },
      signatures: [{ signature: signatures[0].sig, verifier: verifiers[0] }],
    };
    const entry = await tlog.log({ kind: "dsse", apiVersion: "0.0.1", spec });
    return { status: 201, body: JSON.stringify(entry) };
  }
  if (path === "/api/v2/log/entries") {
    const { envelope, verifiers } = JSON.parse(body.toString()).dsseRequestV002;
    const dsseV002 = {
      payloadHash: { algorithm: "SHA2_256", digest: hashOf(envelope.payload).toString("base64") },
      signatures: [{ content: envelope.signatures[0].sig, verifier: verifiers[0] }],
    };
    const entry = await tlog.logV2({ kind: "dsse", apiVersion: "0.0.2", spec: { dsseV002 } });
    const said = inJson(entry) as { inclusionProof: object };
    // The library's log has one entry, and tells it a place far behind.
    const inclusionProof = { ...said.inclusionProof, logIndex: "0" };
    const whole = { ...said, inclusionProof, integratedTime: "0" };
    return { status: 201, body: JSON.stringify(whole) };
  }
  if (path === "/stamp") {
    const at = body.indexOf(Buffer.of(0x04, 0x20));
    return { status: 201, body: await made.stampHash(body.subarray(at + 2, at + 34)) };
  }
  return { status: 500, body: "no such service" };
}

function hashOf(base64: string): Buffer {
  return createHash("sha256").update(Buffer.from(base64, "base64")).digest();
}

/** Bytes in base64, as JSON of the services has them. */
function inJson(value: unknown): object {
  return JSON.parse(
    JSON.stringify(value, (_, item: unknown) => {
      const isBytes =
        typeof item === "object" && item !== null && Reflect.get(item, "type") === "Buffer";
      return isBytes ? Buffer.from(Reflect.get(item, "data")).toString("base64") : item;
    }),
  );
}

/** A token of whoever the claims name, which nobody has signed. */
export function token(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part(claims)}.`;
}
