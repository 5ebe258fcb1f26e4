// Who we are, as an OIDC provider says it: a token out of the environment, a file, or the pipeline that we run in.
import { member, optionalText, parseJson, text } from "../../formats/json-shape.ts";
import { AppError } from "../../kit/error.ts";
import type { Environment } from "../folders.ts";
import { askService, type ServiceContext } from "../keys/ask-service.ts";
import { readNamed } from "../named-file.ts";

const TOKEN_LENGTH_MAX = 65_536;
const DOCUMENT = { what: "identity token", code: "signing-failed" } as const;

/**
 * A token for Sigstore: of the file that is named, of `SIGSTORE_ID_TOKEN`, or of the GitHub workflow that we run in.
 *
 * @throws {AppError} `usage` when there is none, `not-found`, `unreadable`, `signing-failed`.
 */
export async function identityToken(
  file: string | null,
  env: Environment,
  context: ServiceContext,
): Promise<string> {
  if (file !== null) {
    const { bytes } = await readNamed("identity token", file, TOKEN_LENGTH_MAX);
    return bytes.toString("utf8").trim();
  }
  const own = env["SIGSTORE_ID_TOKEN"] || "";
  if (own !== "") return own;
  const [address, bearer] = [
    env["ACTIONS_ID_TOKEN_REQUEST_URL"] || "",
    env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] || "",
  ];
  if (!URL.canParse(address) || bearer === "")
    throw new AppError("usage", "cannot sign without a key: there is no identity token", {
      hint: "set SIGSTORE_ID_TOKEN or give --identity-token FILE; a GitHub workflow needs the permission id-token: write",
    });
  const url = new URL(address);
  url.searchParams.set("audience", "sigstore");
  const answer = await askService(
    {
      action: "ask the workflow for an identity token",
      method: "GET",
      url,
      headers: { authorization: `Bearer ${bearer}` },
      body: null,
    },
    context,
  );
  return text(member(parseJson(answer, DOCUMENT), "value"), TOKEN_LENGTH_MAX);
}

/**
 * What a certificate authority wants to be signed as proof that we have the key: the address of a person, or the subject.
 *
 * @throws {AppError} `signing-failed` for what is no token.
 */
export function subjectOf(token: string): string {
  const payload = parseJson(Buffer.from(token.split(".")[1] ?? "", "base64url"), DOCUMENT);
  const email = optionalText(member(payload, "email"), 1024);
  return email ?? text(member(payload, "sub"), 1024);
}
