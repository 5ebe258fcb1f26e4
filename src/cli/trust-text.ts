// Whom we believe, for people: one line each, with when it ends.
import type { ShownTrust } from "../app/trust-bundle.ts";
import { palette } from "../kit/colour.ts";
import { columns, padRight, visible } from "../kit/display.ts";
import type { TrustedIdentity } from "../model/trust.ts";
import type {
  DescribedCertificate,
  DescribedKey,
  DescribedRoot,
  RootPart,
} from "../model/trust-description.ts";

/** `bulwark.dev/trust/v1` */
export function trustJson(shown: ShownTrust): string {
  const roots = shown.roots.filter(isShown(shown));
  return `${JSON.stringify({ schema: "bulwark.dev/trust/v1", ...shown, roots }, null, 2)}\n`;
}

/** Without an identity nobody is believed by the root that is built in. */
function isShown({ identities, keys }: ShownTrust): (root: DescribedRoot) => boolean {
  const any = identities.length > 0 || keys.some(({ needsLog }) => needsLog);
  return ({ neededBy, name }) => neededBy.length > 0 || name !== "public" || any;
}

export function trustText(shown: ShownTrust, colour: boolean): string {
  const { keys, identities, certificates, roots, shownAt } = shown;
  const { bold } = palette(colour);
  const sections: (readonly [title: string, lines: readonly string[]])[] = [
    ["KEYS", table(keys.map((key) => keyCells(key, shownAt)))],
    ["IDENTITIES", identities.flatMap(identityLines)],
    ["CERTIFICATES", table(certificates.map(certificateCells))],
    ...roots
      .filter(isShown(shown))
      .map(
        ({ name, parts, neededBy, demands }) =>
          [
            `ROOT ${visible(name)}${neededBy.length === 0 ? " (nobody is of it)" : withoutText(demands)}`,
            table(parts.map(partCells)),
          ] as const,
      ),
  ];
  const blocks = sections.flatMap(([title, lines]) =>
    lines.length === 0 ? [] : [[bold(title), ...lines].join("\n")],
  );
  return `${blocks.join("\n\n")}\n`;
}

/** What a root does without: ` (without a log, by certificates that count now)`. */
function withoutText({ log, certificateLog, time }: DescribedRoot["demands"]): string {
  const parts = [
    ...(log ? [] : ["without a log"]),
    ...(certificateLog ? [] : ["without a certificate log"]),
    ...(time ? [] : ["by certificates that count now"]),
  ];
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

/** Whom exactly: nothing of it is cut. */
function identityLines({ id, identity, issuer, isGlob, root }: TrustedIdentity): string[] {
  const pattern = isGlob ? " (a pattern)" : "";
  const lines = [`  ${identity}${pattern}`, `    of ${issuer}, by root ${root}`];
  return (id === identity ? lines : [`  ${id}`, ...lines.map((line) => `  ${line}`)]).map(visible);
}

function certificateCells(certificate: DescribedCertificate): string[] {
  const { id, kind, subject, subjects, endsAt } = certificate;
  const only = subjects === null ? "" : `, only for ${subjects.join("; ")}`;
  return [id, kind, `until ${day(endsAt)}`, `${subject}${only}`];
}

function keyCells(key: DescribedKey, now: string): string[] {
  const { id, kind, fingerprint, revokedAt, replacedBy, needsLog } = key;
  const rest = [
    span(key.notBefore, key.notAfter),
    ...(key.notAfter !== null && key.notAfter <= now ? ["ended"] : []),
    ...(revokedAt === null ? [] : [`revoked ${day(revokedAt)}`]),
    ...(replacedBy === null ? [] : [`replaced by ${replacedBy}`]),
    ...(needsLog ? ["only with a log's entry"] : []),
  ];
  return [id, kind, fingerprint.slice(0, 12), rest.filter((part) => part !== "").join(", ")];
}

function partCells({ kind, url, from, until }: RootPart): string[] {
  return [kind, span(from, until), url];
}

function span(from: string | null, until: string | null): string {
  const parts = [
    from === null ? "" : `from ${day(from)}`,
    until === null ? "" : `until ${day(until)}`,
  ];
  return parts.filter((part) => part !== "").join(" ");
}

function day(time: string): string {
  return time.slice(0, 10);
}

/** Columns as wide as they must be. */
function table(rows: readonly (readonly string[])[]): string[] {
  const shown = rows.map((cells) => cells.map(visible));
  const widths: number[] = [];
  for (const cells of shown)
    for (const [i, cell] of cells.entries()) widths[i] = Math.max(widths[i] ?? 0, columns(cell));
  return shown.map((cells) => {
    const padded = cells.map((cell, i) => padRight(cell, widths[i] ?? 0));
    return `  ${padded.join("  ")}`.trimEnd();
  });
}
