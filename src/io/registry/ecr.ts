// Amazon's registries take a password that is fetched with AWS credentials and lasts twelve hours.
// @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
import { items, member, parseJson, text } from "../../formats/json-shape.ts";
import { AppError } from "../../kit/error.ts";
import { printable } from "../../kit/text.ts";
import { now } from "../clock.ts";
import type { Environment } from "../folders.ts";
import type { HttpClient } from "../http/client.ts";
import { HttpFailure, withoutSecrets } from "../http/failure.ts";
import type { HttpResponse } from "../http/response.ts";
import { type AwsKey, signedHeaders } from "./aws-signature.ts";
import { type Credential, SECRET_MAX } from "./credential.ts";

/** Account, region and domain of a private registry at Amazon. */
const HOST =
  /^\d{12}\.dkr[.-]ecr(-fips)?\.([a-z]{2}[a-z0-9-]{1,30})\.(amazonaws\.com(?:\.cn)?|on\.aws|on\.amazonwebservices\.com\.cn)$/;

const ANSWER_BYTES_MAX = 256 << 10;
const SAID_BYTES_MAX = 16 << 10;

export interface EcrContext {
  readonly env: Environment;
  readonly http: HttpClient;
  readonly signal: AbortSignal;
}

/**
 * Fetches a password for a registry at Amazon, with the AWS credentials of the environment. `AWS_ENDPOINT_URL_ECR` and
 * `AWS_ENDPOINT_URL` replace the address of the service, as for Amazon's own tools.
 *
 * @returns null when the host is not at Amazon, or the environment has no AWS credentials.
 * @throws {AppError} `registry-auth` when Amazon refuses, `registry-unavailable` when it cannot be reached.
 */
export async function ecrCredential(host: string, context: EcrContext): Promise<Credential | null> {
  const [, fips, region = "", domain = ""] = HOST.exec(host) ?? [];
  const key = keyOf(context.env);
  if (region === "" || key === null) return null;
  const { env, http, signal } = context;
  const url = endpoint(env, { region, domain, isFips: fips !== undefined });
  const request = {
    method: "POST" as const,
    url,
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken",
    },
    body: "{}",
  };
  const headers = signedHeaders({ ...request, region, service: "ecr", at: now() }, key);
  try {
    const body = Buffer.from(request.body, "utf8");
    return await credentialIn(await http.send({ ...request, headers, body, signal }), key);
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    throw failed("registry-unavailable", `${url.host}: ${error.message}`);
  }
}

function keyOf(env: Environment): AwsKey | null {
  const [id, secret] = [env["AWS_ACCESS_KEY_ID"] || "", env["AWS_SECRET_ACCESS_KEY"] || ""];
  if (id === "" || secret === "") return null;
  return { id, secret, session: env["AWS_SESSION_TOKEN"] || null };
}

interface EcrPlace {
  readonly region: string;
  readonly domain: string;
  readonly isFips: boolean;
}

function endpoint(env: Environment, { region, domain, isFips }: EcrPlace): URL {
  const set = env["AWS_ENDPOINT_URL_ECR"] || env["AWS_ENDPOINT_URL"] || "";
  if (set !== "" && !URL.canParse(set)) {
    throw new AppError("config-invalid", "cannot use AWS_ENDPOINT_URL: not an address");
  }
  if (set !== "") return new URL(set);
  const top = domain.endsWith(".cn") ? "amazonaws.com.cn" : "amazonaws.com";
  return new URL(`https://${isFips ? "ecr-fips" : "api.ecr"}.${region}.${top}/`);
}

async function credentialIn(response: HttpResponse, key: AwsKey): Promise<Credential> {
  if (!response.isOk) {
    const said = (await response.beginning(SAID_BYTES_MAX)).toString("utf8");
    // Complaints about signatures repeat what was signed, and the session's token is part of that.
    const kept = key.session === null ? said : said.replaceAll(key.session, "…");
    const words = printable(withoutSecrets(kept), 200);
    throw failed("registry-auth", `it answered ${response.status}: ${words}`);
  }
  const document = { what: "answer of Amazon ECR", code: "registry-auth" } as const;
  const top = parseJson(await response.bytes(ANSWER_BYTES_MAX), document);
  const [first] = items(member(top, "authorizationData"), 100);
  if (first === undefined) throw failed("registry-auth", "it gave no token");
  const token = text(member(first, "authorizationToken"), SECRET_MAX);
  const [username = "", ...rest] = Buffer.from(token, "base64").toString("utf8").split(":");
  return { kind: "password", username, password: rest.join(":") };
}

function failed(code: "registry-auth" | "registry-unavailable", state: string): AppError {
  return new AppError(code, `cannot fetch a password from Amazon ECR: ${state}`, {
    hint: "look at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or run docker login",
  });
}
