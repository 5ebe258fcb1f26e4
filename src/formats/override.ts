// The document of an override: a DSSE envelope around a payload of our own. The payload names what may go on, why, and until when.
import { Buffer } from "node:buffer";
import type { Digest } from "../model/digest.ts";
import type { Override, OverrideAction, OverrideSubject } from "../model/override.ts";
import { canonicalJson } from "./canonical-json.ts";
import { type DsseEnvelope, readDsse } from "./dsse.ts";
import {
  complain,
  items,
  type JsonPlace,
  member,
  optionalText,
  parseJson,
  text,
} from "./json-shape.ts";

/** Signed together with the payload, so that no other document can be taken for an override. */
export const OVERRIDE_PAYLOAD = "application/vnd.bulwark.override+json";
/** Larger files are no override. */
export const OVERRIDE_BYTES_MAX: number = 256 * 1024;

const SUBJECTS_MAX = 100;
const TEXT_MAX = 2000;
const ACTIONS: readonly OverrideAction[] = ["gate", "admit"];
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/** Writes the payload: what is signed. */
export function overridePayload(override: Override): Buffer {
  return Buffer.from(canonicalJson(override), "utf8");
}

/** An override with the envelope that it came in. Nothing of it is verified. */
export interface OverrideDocument {
  readonly envelope: DsseEnvelope;
  readonly override: Override;
}

/** Reads a document. @throws {AppError} `document-invalid`, naming the place. */
export function parseOverrideDocument(bytes: Uint8Array): OverrideDocument {
  const top = parseJson(bytes, { what: "override", code: "document-invalid" });
  const envelope = readDsse(top);
  if (envelope.payloadType !== OVERRIDE_PAYLOAD)
    complain(member(top, "payloadType"), `is not ${OVERRIDE_PAYLOAD}`);
  return { envelope, override: overrideOf(envelope.payload) };
}

function overrideOf(payload: Uint8Array): Override {
  const top = parseJson(payload, { what: "override", code: "document-invalid" });
  const schema = member(top, "schema");
  if (schema.value !== "bulwark.dev/override/v1")
    complain(schema, "is not bulwark.dev/override/v1");
  return {
    schema: "bulwark.dev/override/v1",
    reason: text(member(top, "reason"), TEXT_MAX),
    grantedBy: text(member(top, "grantedBy"), TEXT_MAX),
    grantedAt: time(member(top, "grantedAt")),
    until: time(member(top, "until")),
    actions: items(member(top, "actions"), ACTIONS.length).map(
      (place) =>
        ACTIONS.find((action) => action === place.value) ?? complain(place, "is not known"),
    ),
    subjects: items(member(top, "subjects"), SUBJECTS_MAX).map(subject),
  };
}

function time(place: JsonPlace): string {
  const written = text(place, 40);
  if (!TIME.test(written) || Number.isNaN(Date.parse(written)))
    complain(place, "is not a time in UTC, as 2026-11-25T10:00:00Z");
  return written;
}

function subject(place: JsonPlace): OverrideSubject {
  const digest = optionalText(member(place, "digest"), 100);
  if (digest !== null && !/^sha256:[0-9a-f]{64}$/.test(digest))
    complain(member(place, "digest"), "is not a digest");
  return {
    name: optionalText(member(place, "name"), 1000),
    tag: optionalText(member(place, "tag"), 200),
    digest: digest as Digest | null,
  };
}
