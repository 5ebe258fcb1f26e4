import { createHash, createHmac } from "node:crypto";

/** Who signs. */
export interface AwsKey {
  readonly id: string;
  readonly secret: string;
  /** Of temporary credentials; null for others. */
  readonly session: string | null;
}

/** What is signed. */
export interface AwsRequest {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case; `host` and `x-amz-date` are added. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly region: string;
  readonly service: string;
  /** RFC 3339. */
  readonly at: string;
}

/**
 * The headers of a request to AWS, signed with signature version 4. Addresses with a query are not supported: the calls that we
 * make have none.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signedHeaders(request: AwsRequest, key: AwsKey): Record<string, string> {
  const moment = request.at.replace(/\.\d+/, "").replaceAll(/[-:]/g, "");
  const headers: Record<string, string> = {
    ...request.headers,
    host: request.url.host,
    "x-amz-date": moment,
    ...(key.session === null ? {} : { "x-amz-security-token": key.session }),
  };
  const names = Object.keys(headers).sort();
  const canonical = [
    request.method,
    request.url.pathname,
    "",
    ...names.map((name) => `${name}:${(headers[name] ?? "").trim()}`),
    "",
    names.join(";"),
    sha256(request.body),
  ].join("\n");
  const day = moment.slice(0, 8);
  const scope = `${day}/${request.region}/${request.service}/aws4_request`;
  const steps = [day, request.region, request.service, "aws4_request"];
  const signing = steps.reduce<Buffer>(hmac, Buffer.from(`AWS4${key.secret}`, "utf8"));
  const text = ["AWS4-HMAC-SHA256", moment, scope, sha256(canonical)].join("\n");
  const signature = hmac(signing, text).toString("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${key.id}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { ...headers, authorization };
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text, "utf8").digest();
}
