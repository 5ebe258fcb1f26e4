// Trust for machines without a network, and trust for people to look over: everything that is believed, in one place.
import { X509Certificate } from "node:crypto";
import { PUBLIC_ROOT_NAME, type TrustFile } from "../../formats/trust-file.ts";
import {
  parseTrustedRoot,
  type TrustedAuthority,
  type TrustedLog,
  type TrustedRoot,
} from "../../formats/trusted-root.ts";
import type { RootPart, TrustDescription } from "../../model/trust-description.ts";
import { loadTrust, publicRootText, type WholeTrustFile } from "./load-trust.ts";
import { kindOf } from "./public-key.ts";
import { EVERYTHING } from "./roots.ts";

/**
 * The same trust in a form that names no file and depends on nothing that is built in: with the root of the public instance as
 * it is known here, where anybody needs it. Keys and certificates are written anew, so that nothing else can come along.
 *
 * @throws {AppError} `config-invalid`, `key-invalid`: nothing is bundled that could not be used.
 */
export async function bundledTrust(file: WholeTrustFile): Promise<TrustFile> {
  const trust = await loadTrust(file);
  const pems = new Map(
    trust.keys.map((key) => [key.pem, key.key.export({ type: "spki", format: "pem" }).toString()]),
  );
  const isPublic = file.roots.some(({ name }) => name === PUBLIC_ROOT_NAME);
  const needsPublic =
    file.identities.some(({ root }) => root === PUBLIC_ROOT_NAME) ||
    file.keys.some(({ needsLog }) => needsLog);
  const roots = file.roots.map(({ name, root: { text }, demands }) => ({
    name,
    root: { text: tidy(text) },
    demands,
  }));
  return {
    keys: file.keys.map(({ key, ...facts }) => ({
      ...facts,
      key: { text: pems.get(key.text) ?? "" },
    })),
    identities: file.identities,
    certificates: file.certificates.map(({ certificate, ...facts }) => ({
      ...facts,
      certificate: { text: new X509Certificate(certificate.text).toString() },
    })),
    roots:
      needsPublic && !isPublic
        ? [
            ...roots,
            { name: PUBLIC_ROOT_NAME, root: { text: await publicRootText() }, demands: EVERYTHING },
          ]
        : roots,
  };
}

function tidy(json: string): string {
  return JSON.stringify(JSON.parse(json) as unknown, null, 2);
}

/**
 * Describes whom a trust file believes.
 *
 * @throws {AppError} as {@link bundledTrust}.
 */
export async function describeTrust(file: WholeTrustFile): Promise<TrustDescription> {
  const trust = await loadTrust(file);
  const texts = new Map(file.roots.map(({ name, root }) => [name, root.text]));
  const { identities } = trust;
  return {
    keys: trust.keys.map(({ key, verifies: _, ...facts }) => ({ ...facts, kind: kindOf(key) })),
    identities,
    certificates: trust.certificates.map(({ certificate, ...facts }) => ({
      ...facts,
      subject: certificate.subject.split("\n").join(", "),
      endsAt: new Date(certificate.validTo).toISOString(),
    })),
    roots: await Promise.all(
      trust.roots.map(async ({ name, endsAt, demands }) => ({
        name,
        neededBy: identities.filter(({ root }) => root === name).map(({ id }) => id),
        endsAt,
        demands,
        parts: partsOf(name, texts.get(name) ?? (await publicRootText())),
      })),
    ),
  };
}

function partsOf(name: string, text: string): RootPart[] {
  const root: TrustedRoot = parseTrustedRoot(Buffer.from(text, "utf8"), name);
  return [
    ...root.authorities.map((one) => authorityPart("certificates", one)),
    ...root.timestampAuthorities.map((one) => authorityPart("timestamps", one)),
    ...root.logs.map((one) => logPart("log", one)),
    ...root.certificateLogs.map((one) => logPart("certificate log", one)),
  ];
}

function authorityPart(
  kind: RootPart["kind"],
  { url, chain, startMs, endMs }: TrustedAuthority,
): RootPart {
  const ends = chain.map((bytes) => Date.parse(new X509Certificate(bytes).validTo));
  return { kind, url, from: at(startMs), until: at(Math.min(endMs ?? Infinity, ...ends)) };
}

function logPart(kind: RootPart["kind"], { url, startMs, endMs }: TrustedLog): RootPart {
  return { kind, url, from: at(startMs), until: at(endMs) };
}

function at(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
