// Sigstore's signing configuration: which services of a deployment to ask, and when each counts.
// @see https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto, SigningConfig
import { AppError } from "../kit/error.ts";
import type { ServiceSelection, SigningService } from "../model/signing-services.ts";
import {
  complain,
  count,
  items,
  type JsonDocument,
  type JsonPlace,
  member,
  optionalText,
  parseJson,
  text,
} from "./json-shape.ts";

export interface SigningConfig {
  readonly authorities: readonly SigningService[];
  readonly logs: ServiceGroup;
  readonly timestampAuthorities: ServiceGroup;
}

export interface ServiceGroup {
  readonly services: readonly SigningService[];
  readonly selection: ServiceSelection;
}

const MEDIA_TYPE = "application/vnd.dev.sigstore.signingconfig.v0.2+json";
const BYTES_MAX = 1 << 20;
const SERVICES_MAX = 200;
const TEXT_MAX = 2048;

/**
 * Reads a signing configuration of version 0.2. Who names identities is not read: their tokens come from the user.
 *
 * @param path For messages.
 * @throws {AppError} `config-invalid`, naming the place.
 */
export function parseSigningConfig(bytes: Uint8Array, path: string): SigningConfig {
  const document: JsonDocument = {
    what: `signing configuration ${JSON.stringify(path)}`,
    code: "config-invalid",
  };
  if (bytes.length > BYTES_MAX)
    throw new AppError("config-invalid", `cannot read ${document.what}: it is too large`);
  const top = parseJson(bytes, document);
  const mediaType = member(top, "mediaType");
  if (optionalText(mediaType, TEXT_MAX) !== MEDIA_TYPE) complain(mediaType, `is not ${MEDIA_TYPE}`);
  return {
    authorities: services(member(top, "caUrls")),
    logs: group(top, "rekorTlogUrls", "rekorTlogConfig"),
    timestampAuthorities: group(top, "tsaUrls", "tsaConfig"),
  };
}

function group(top: JsonPlace, urls: string, config: string): ServiceGroup {
  const found = services(member(top, urls));
  // Without services there is nothing to choose from, and nothing needs to be said about it.
  if (found.length === 0) return { services: found, selection: { selector: "all" } };
  return { services: found, selection: selection(member(top, config)) };
}

function services(place: JsonPlace): SigningService[] {
  return items(place, SERVICES_MAX).map((service) => {
    const validFor = member(service, "validFor");
    const url = text(member(service, "url"), TEXT_MAX);
    if (!/^https?:/.test(url) || !URL.canParse(url))
      complain(member(service, "url"), "is no address");
    return {
      url,
      majorVersion: count(member(service, "majorApiVersion")),
      startMs: validFor.value === undefined ? null : instant(member(validFor, "start")),
      endMs: validFor.value === undefined ? null : instant(member(validFor, "end")),
      operator: optionalText(member(service, "operator"), TEXT_MAX) ?? "",
    };
  });
}

function instant(place: JsonPlace): number | null {
  const written = optionalText(place, 64);
  if (written === null) return null;
  const ms = Date.parse(written);
  if (Number.isNaN(ms)) complain(place, "is not a time");
  return ms;
}

/** By name, or by the number that protocol buffers give it. */
const SELECTORS: ReadonlyMap<unknown, ServiceSelection["selector"]> = new Map<
  unknown,
  ServiceSelection["selector"]
>([
  ["ALL", "all"],
  [1, "all"],
  ["ANY", "any"],
  [2, "any"],
  ["EXACT", "exact"],
  [3, "exact"],
]);

function selection(place: JsonPlace): ServiceSelection {
  if (place.value === undefined) complain(place, "is missing, which says how many to ask");
  const named = member(place, "selector");
  const selector = SELECTORS.get(named.value);
  if (selector === undefined) complain(named, "is not ALL, ANY or EXACT");
  if (selector !== "exact") return { selector };
  const wanted = count(member(place, "count"));
  if (wanted === 0) complain(member(place, "count"), "is not at least 1");
  return { selector, count: wanted };
}
