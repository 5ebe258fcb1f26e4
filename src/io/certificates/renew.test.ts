import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { missingPrograms } from "../../../test/lab/programs.ts";
import { type CertificateFiles, renewedCertificates, servedUntil } from "./renew.ts";

const NAMES = ["bulwark.bulwark.svc", "bulwark.bulwark.svc.cluster.local", "127.0.0.1"];
const START = new Date("2026-11-25T12:00:00Z");
const after = (days: number): Date => new Date(START.getTime() + days * 86_400_000);
const first = renewedCertificates(null, NAMES, START);
const count = ({ "ca.crt": text }: CertificateFiles): number => text.split("-----BEGIN").length - 1;

/** Whom whoever believes these authorities would believe. */
function isVouched(by: CertificateFiles, server: CertificateFiles): boolean {
  const served = new X509Certificate(server["tls.crt"]);
  const authorities = by["ca.crt"].split(/(?=-----BEGIN)/).map((pem) => new X509Certificate(pem));
  return authorities.some((one) => served.checkIssued(one) && served.verify(one.publicKey));
}

test("nothing changes while everything is young", () => {
  for (const days of [0, 1, 29]) expect(renewedCertificates(first, NAMES, after(days))).toBe(first);
});

test("a server's certificate is renewed two months before it ends, by the same authority", () => {
  const next = renewedCertificates(first, NAMES, after(31));
  expect([next["ca.crt"] === first["ca.crt"], next["tls.crt"] === first["tls.crt"]]).toEqual([
    true,
    false,
  ]);
  expect([isVouched(first, next), servedUntil(first), servedUntil(next)]).toEqual([
    true,
    after(90),
    after(121),
  ]);
});

test("a new authority vouches only when everybody has heard of it, and the older one stays until it ends", () => {
  const [before, then] = [renewedCertificates(first, NAMES, after(1820)), after(1826)];
  const both = renewedCertificates(before, NAMES, then);
  expect([count(before), count(both), both["tls.crt"] === before["tls.crt"]]).toEqual([1, 2, true]);
  const old = renewedCertificates(both, NAMES, after(1826.5));
  expect(old).toBe(both);
  const next = renewedCertificates(both, NAMES, after(1860));
  expect([count(next), isVouched(before, next), isVouched(both, next)]).toEqual([2, false, true]);
  const last = renewedCertificates(next, NAMES, after(3651));
  expect([count(last), isVouched(next, last)]).toEqual([2, true]);
});

test.each([
  ["another name", first, [...NAMES, "other.svc"], START],
  ["a damaged certificate", { ...first, "tls.crt": "" }, NAMES, START],
  [
    "a key of another",
    { ...first, "tls.key": renewedCertificates(null, NAMES, START)["tls.key"] },
    NAMES,
    START,
  ],
  ["a clock that was ahead", renewedCertificates(first, ["x"], after(20)), ["x"], START],
  ["an authority that is gone", { ...first, "ca.key": "" }, NAMES, START],
] as const)("%s is a reason for a new one", (_, files, names, at) => {
  const next = renewedCertificates(files, names, at);
  expect([next === files, isVouched(next, next), next["tls.crt"] === files["tls.crt"]]).toEqual([
    false,
    true,
    false,
  ]);
});

describe.skipIf(missingPrograms("openssl") !== null)("openssl (not installed)", () => {
  test("agrees that the authority vouches for the server, for its names and for nothing else", () => {
    const folder = mkdtempSync(join(tmpdir(), "bulwark-x509-"));
    try {
      for (const name of ["ca.crt", "tls.crt"] as const)
        writeFileSync(join(folder, name), first[name]);
      const openssl = (...words: readonly string[]): string =>
        execFileSync("openssl", words, {
          cwd: folder,
          encoding: "utf8",
          stdio: ["ignore", "pipe", "pipe"],
        });
      const at = String(START.getTime() / 1000);
      const verify = ["verify", "-x509_strict", "-attime", at, "-CAfile", "ca.crt"];
      const named = (name: string): string =>
        openssl(...verify, "-purpose", "sslserver", "-verify_hostname", name, "tls.crt").trim();
      expect(NAMES.slice(0, 2).map(named)).toEqual(["tls.crt: OK", "tls.crt: OK"]);
      expect(() => named("example.com")).toThrow("hostname mismatch");
      expect(() => openssl(...verify, "-purpose", "sslclient", "tls.crt")).toThrow("purpose");
      const text = openssl("x509", "-in", "tls.crt", "-noout", "-text");
      expect([text.includes("IP Address:127.0.0.1"), text.includes("CA:TRUE")]).toEqual([
        true,
        false,
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("reads a certificate that goes beyond 2050", () => {
    const far = renewedCertificates(null, NAMES, new Date("2045-01-01T00:00:00Z"));
    expect(new Date(new X509Certificate(far["ca.crt"]).validTo).getUTCFullYear()).toBe(2054);
  });
});
