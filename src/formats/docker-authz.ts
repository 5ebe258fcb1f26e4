// What Docker Engine asks an authorization plugin, and what it is answered.
// Source: https://docs.docker.com/engine/extend/plugins_authorization, "Request authorization"; engine 20.10 to 28.
import { AppError } from "../kit/error.ts";
import { utf8 } from "../kit/text.ts";
import { repeatedJsonKey } from "./json-keys.ts";
import { base64Bytes, member, optionalText, parseJson } from "./json-shape.ts";

/** A request that somebody makes of an engine. */
export interface AuthzRequest {
  readonly method: string;
  /** As it stands in the request line. */
  readonly uri: string;
  /** What the engine passed on: nothing of a body of 1 MiB or more, or of one that is not `application/json`. */
  readonly body: Uint8Array;
  /** The common name of the caller's certificate; `""` on a socket, where callers are anonymous. */
  readonly user: string;
}

/** The body is at most 1 MiB, in base64, and headers are at most 1 MiB. */
export const AUTHZ_BYTES_MAX: number = 6 << 20;
const BASE64_MAX = 4 << 20;
const URI_MAX = 1 << 20;
const DOCUMENT = { what: "question of the engine", code: "document-invalid" } as const;

/** @throws {AppError} `document-invalid`. */
export function parseAuthzRequest(bytes: Uint8Array): AuthzRequest {
  const top = parseJson(bytes, DOCUMENT);
  const read = (name: string): string => optionalText(member(top, name), URI_MAX) ?? "";
  const body = member(top, "RequestBody");
  const [method, uri] = [read("RequestMethod"), read("RequestUri")];
  if (method === "" || uri === "")
    throw new AppError(
      "document-invalid",
      "cannot read question of the engine: it names no method or no address",
    );
  return {
    method,
    uri,
    body: body.value === undefined ? NOTHING : base64Bytes(body, BASE64_MAX),
    user: read("User"),
  };
}

const NOTHING = new Uint8Array();

/** The answer, as the engine reads it. */
export function authzAnswer(isAllowed: boolean, message: string): string {
  return JSON.stringify(isAllowed ? { Allow: true } : { Allow: false, Msg: message });
}

/** What a plugin says of itself when an engine finds it. */
export const AUTHZ_ACTIVATION: string = JSON.stringify({ Implements: ["authz"] });

/**
 * The JSON of a body.
 *
 * @returns Why it cannot be told what the engine will make of it, as a sentence part; its value otherwise.
 */
export function callBody(body: Uint8Array): { readonly value: unknown } | { readonly why: string } {
  if (body.length === 0)
    return {
      why: "its body did not reach the plugin: engines pass on JSON of less than 1 MiB, and nothing else",
    };
  const text = utf8(body);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { why: "its body is not JSON, or more than one document" };
  }
  return repeatedJsonKey(text, value) === null
    ? { value }
    : {
        why: "a name stands twice in an object of its body, and readers differ in which one they take",
      };
}
