// Private keys as text between two lines, also inside a string of JSON or of a program, where lines end in `\n`.
import { latin1 } from "../../../kit/text.ts";
import type { FoundForm, FoundSecret, SecretView } from "../../../stages/secrets/contract.ts";
import { bytesOfBase64 } from "../shared/decode.ts";
import { type KeyState, openSshKey, pkcs8Key, sealedKey, traditionalKey } from "./key-bytes.ts";

const BEGIN = "-----BEGIN ";
const LABEL_MAX = 48;
const KEY_BYTES_MAX = 15_000;

/** What a label promises, and how to see whether it is so; null for bytes that are no such key. */
type KeyTest = (bytes: Uint8Array, headers: string) => KeyState | null;

/** A private key under one of the labels. */
export function pemForm(labels: readonly string[], test: KeyTest): FoundForm {
  return {
    by: "keyword",
    keywords: ["PRIVATE KEY-----"],
    find: (view, { at, end }) => keyAt(view, { at, end }, { labels, test }),
  };
}

function keyAt(
  view: SecretView,
  { at, end }: { readonly at: number; readonly end: number },
  { labels, test }: { readonly labels: readonly string[]; readonly test: KeyTest },
): FoundSecret | null {
  const head = view.text(Math.max(0, at - LABEL_MAX), end);
  const begin = head.lastIndexOf(BEGIN);
  if (begin === -1) return null;
  const label = head.slice(begin + BEGIN.length, -"-----".length);
  if (!labels.includes(label)) return null;
  const rest = view.text(end, end + KEY_BYTES_MAX);
  const ending = rest.indexOf(`-----END ${label}`);
  if (ending === -1) return null;
  const { headers, bytes } = contentOf(rest.slice(0, ending));
  const state = bytes === null ? null : test(bytes, headers);
  if (state === null) return null;
  const from = at - (head.length - (end - at) - begin);
  const shown = `${BEGIN}${label}-----…`;
  const found = { from, to: end + ending, shown, proof: "structure" } as const;
  return state === "encrypted" ? { ...found, note: "under a passphrase", severity: "low" } : found;
}

/** Lines with a colon are headers; what is left is base64, whatever a program puts around its lines. */
function contentOf(text: string): { headers: string; bytes: Uint8Array | null } {
  const lines = text.split(/\\r\\n|\\n|\\r|\r?\n/);
  const isHeader = (line: string): boolean => /^[\w-]+: /.test(line);
  const body = lines
    .filter((line) => !isHeader(line))
    .map((line) => (/^[A-Za-z0-9+/=]+$/.test(line) ? line : bare(line)))
    .join("");
  return {
    headers: lines.filter(isHeader).join("\n"),
    bytes: body.length < 32 ? null : bytesOfBase64(body),
  };
}

const AROUND_LINES = new Set("\"'+*#|>,;\\ \t\r\n");

/** A line without what a program puts around it, and without the spaces that stand for line ends in a variable. */
function bare(line: string): string {
  let from = 0;
  let to = line.length;
  while (from < to && AROUND_LINES.has(line.charAt(from))) from += 1;
  while (to > from && AROUND_LINES.has(line.charAt(to - 1))) to -= 1;
  return line.slice(from, to).replace(/[ \t]/g, "");
}

/** The old forms, one for each algorithm. */
export const traditional =
  (versions: readonly number[]): KeyTest =>
  (bytes, headers) =>
    /ENCRYPTED/.test(headers)
      ? bytes.length >= 32
        ? "encrypted"
        : null
      : traditionalKey(bytes, versions);
export const pkcs8: KeyTest = pkcs8Key;
export const sealed: KeyTest = sealedKey;
export const openSsh: KeyTest = openSshKey;

/** Keys of cosign and its kin: a document of JSON under a passphrase. */
export const sigstore: KeyTest = (bytes) =>
  latin1(bytes).startsWith('{"kdf"') ? "encrypted" : null;

/** Base64, also in lines of a fixed width, as a block of YAML or a string has them. */
const PACKED = /^(?:[A-Za-z0-9+/]{1,200}(?:\r?\n[ \t]{0,40}|\\n)?)+/;

/** What base64 says, as far as it goes. */
function unpacked(base64: string): string {
  const dense = /^[A-Za-z0-9+/]*/.exec(base64)?.[0] ?? "";
  return latin1(
    bytesOfBase64(dense.slice(0, dense.length - (dense.length % 4))) ?? new Uint8Array(0),
  );
}

/** A PEM text that was put into base64 once more, as kubeconfig files and Kubernetes' secrets have it. */
export const packedPemForm: FoundForm = {
  by: "keyword",
  keywords: ["LS0tLS1CRUdJTi"],
  find: (view, { at }) => {
    if (at > 0 && /[A-Za-z0-9+/]/.test(view.text(at - 1, at))) return null;
    // Most of what begins so are certificates.
    if (!/^-----BEGIN (?:[A-Z]+ )*PRIV/.test(unpacked(view.text(at, at + 64)))) return null;
    const run = PACKED.exec(view.text(at, at + KEY_BYTES_MAX))?.[0] ?? "";
    const text = unpacked(run.replace(/\\n|\s/g, ""));
    const label = /^-----BEGIN ((?:[A-Z]+ )*PRIVATE KEY)-----\s/.exec(text)?.[1];
    if (label === undefined || text.length < 100) return null;
    const { bytes } = contentOf(
      text.slice(text.indexOf("\n"), Math.max(0, text.indexOf("-----END"))),
    );
    // A DER sequence, or OpenSSH's magic.
    if (bytes === null || (bytes[0] !== 0x30 && bytes[0] !== 0x6f)) return null;
    return {
      from: at,
      to: at + run.length,
      secret: text.slice(0, text.indexOf("-----END")),
      shown: "LS0tLS1CRUdJTi…",
      proof: "structure",
      note: label.toLowerCase(),
    };
  },
};

/** Lines such as `Version: …` and `Comment: …`. */
const ARMOR_HEAD_MAX = 800;

/** @see RFC 4880, section 5.5.3: the first packet is a secret key. */
export const pgpForm: FoundForm = {
  by: "keyword",
  keywords: ["-----BEGIN PGP PRIVATE KEY BLOCK-----"],
  find: (view, { at, end }) => {
    const first =
      /(?:\\n|\n)[ \t]{0,40}([A-Za-z0-9+/]{40,76})/.exec(
        view.text(end, end + ARMOR_HEAD_MAX),
      )?.[1] ?? "";
    const tag = bytesOfBase64(first.slice(0, 4))?.[0] ?? 0;
    const packet = (tag & 0x40) === 0 ? (tag >> 2) & 0xf : tag & 0x3f;
    if ((tag & 0x80) === 0 || packet !== 5) return null;
    const ending = view.text(end, end + KEY_BYTES_MAX).indexOf("-----END PGP");
    return {
      from: at,
      to: ending === -1 ? end + 40 : end + ending,
      shown: "-----BEGIN PGP PRIVATE KEY BLOCK-----…",
      proof: "structure",
    };
  },
};

/** @see PuTTY's manual, appendix C */
export const puttyForm: FoundForm = {
  by: "keyword",
  keywords: ["PuTTY-User-Key-File-"],
  find: (view, { at, end }) => {
    const text = view.text(end, end + KEY_BYTES_MAX);
    const sealedBy = /^[23]: [\w-]+\r?\nEncryption: (\S+)/.exec(text)?.[1];
    const lines = /\nPrivate-Lines: \d+\r?\n([A-Za-z0-9+/=\r\n]+)/.exec(text)?.[1] ?? "";
    const bytes = bytesOfBase64(lines.replace(/[\r\n]/g, "").replace(/PrivateMAC.*$/, ""));
    if (sealedBy === undefined || bytes === null || bytes.length < 16) return null;
    const found = {
      from: at,
      to: end + text.indexOf(lines) + lines.length,
      shown: "PuTTY-User-Key-File-…",
      proof: "structure",
    } as const;
    return sealedBy === "none" ? found : { ...found, note: "under a passphrase", severity: "low" };
  },
};
