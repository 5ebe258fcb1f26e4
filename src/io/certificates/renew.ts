// When a server's own certificates are made anew: long before they end, and so that whoever trusts the older authority goes on
// being served until it has heard of the newer one.
import { parsePem, writePem } from "../../formats/pem.ts";
import {
  belongTogether,
  issueAuthority,
  issueServer,
  type KeyAndCertificate,
  readCertificate,
  type Validity,
} from "./issue.ts";

/** As they lie in a folder or in a Secret. */
export interface CertificateFiles {
  /** Certificates of every authority that is still believed, the newest first. PEM. */
  readonly "ca.crt": string;
  /** Their keys, in the same order. */
  readonly "ca.key": string;
  readonly "tls.crt": string;
  readonly "tls.key": string;
}

export const CERTIFICATE_FILES = ["ca.crt", "ca.key", "tls.crt", "tls.key"] as const;

const DAY_MS = 86_400_000;
/** Clocks of a cluster differ. */
const SKEW_MS = DAY_MS / 24;
const AUTHORITY_DAYS = 3650;
const AUTHORITY_RENEWED_DAYS = 1825;
const SERVER_DAYS = 90;
const SERVER_RENEWED_DAYS = 30;
/** By then everybody has heard of a new authority. */
const AUTHORITY_SETTLED_DAYS = 1;

/**
 * What is to be used at a time.
 *
 * @param files null when there are none yet; what is damaged is made anew.
 * @param names By which the server is asked.
 * @returns The same object when nothing is to be changed.
 */
export function renewedCertificates(
  files: CertificateFiles | null,
  names: readonly string[],
  now: Date,
): CertificateFiles {
  const before = files === null ? [] : authoritiesIn(files, now);
  const isOld = ageDays(before[0], now) >= AUTHORITY_RENEWED_DAYS;
  const authorities =
    before.length === 0 || isOld
      ? [
          issueAuthority(
            `Bulwark ${now.toISOString().slice(0, 10)}`,
            validity(now, AUTHORITY_DAYS),
          ),
          ...before,
        ]
      : before;
  const settled =
    authorities.find((one) => ageDays(one, now) >= AUTHORITY_SETTLED_DAYS) ?? authorities.at(-1);
  if (settled === undefined) throw new Error("there is an authority now");
  const all = {
    "ca.crt": authorities.map(({ certificate }) => certificate).join(""),
    "ca.key": authorities.map(({ key }) => key).join(""),
  };
  if (files !== null && isServing(files, { names, now, authorities })) {
    const isSame = all["ca.crt"] === files["ca.crt"] && all["ca.key"] === files["ca.key"];
    return isSame ? files : { ...files, ...all };
  }
  const server = issueServer(names, validity(now, SERVER_DAYS), settled);
  return { ...all, "tls.crt": server.certificate, "tls.key": server.key };
}

/** When what is served ends; null for what is no certificate. */
export function servedUntil(files: CertificateFiles): Date | null {
  return readCertificate(files["tls.crt"])?.notAfter ?? null;
}

function validity(now: Date, days: number): Validity {
  return {
    notBefore: new Date(now.getTime() - SKEW_MS),
    notAfter: new Date(now.getTime() + days * DAY_MS),
  };
}

/** A machine whose clock was ahead may have made some for days to come. */
function isNow({ notBefore, notAfter }: Validity, now: Date): boolean {
  return notBefore <= now && now < notAfter;
}

/** Those that hold, and whose keys are there. */
function authoritiesIn(files: CertificateFiles, now: Date): KeyAndCertificate[] {
  const certificates = blocksIn(files["ca.crt"]);
  const keys = blocksIn(files["ca.key"]);
  return certificates
    .map((certificate, i) => ({ certificate, key: keys[i] ?? "" }))
    .filter((one) => belongTogether(one, null))
    .filter(({ certificate }) => {
      const read = readCertificate(certificate);
      return read !== null && isNow(read, now);
    });
}

function blocksIn(text: string): string[] {
  try {
    return parsePem(text).map(writePem);
  } catch {
    return [];
  }
}

function ageDays(one: KeyAndCertificate | undefined, now: Date): number {
  const begun = one === undefined ? undefined : readCertificate(one.certificate)?.notBefore;
  return begun === undefined ? 0 : (now.getTime() - SKEW_MS - begun.getTime()) / DAY_MS;
}

/** Whether a server's certificate can go on being used. */
function isServing(
  files: CertificateFiles,
  {
    names,
    now,
    authorities,
  }: {
    readonly names: readonly string[];
    readonly now: Date;
    readonly authorities: readonly KeyAndCertificate[];
  },
): boolean {
  const server = { certificate: files["tls.crt"], key: files["tls.key"] };
  const read = readCertificate(server.certificate);
  if (read === null || !names.every((name) => read.names.includes(name))) return false;
  if (ageDays(server, now) >= SERVER_RENEWED_DAYS) return false;
  if (!isNow(read, now)) return false;
  return authorities.some(({ certificate }) => belongTogether(server, certificate));
}
