// Amounts as files and engines write them, made comparable.

const BINARY: Readonly<Record<string, number>> = { k: 1, m: 2, g: 3, t: 4, p: 5 };

/**
 * Bytes; the text itself when it is no amount. Compose counts in powers of 1024 whatever the unit is called, Kubernetes only in
 * those with an `i`.
 */
export function bytesOf(text: string, isKubernetes: boolean): string {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text) ?? [];
  if (digits === undefined) return text;
  const [, letter = "", isBinary = ""] = /^([kmgtp]?)(i?)b?$/i.exec(unit) ?? [];
  const power = BINARY[letter.toLowerCase()];
  if (power === undefined) return unit === "" || /^b$/i.test(unit) ? String(Number(digits)) : text;
  if (isKubernetes && unit === "m") return String(Number(digits) / 1000);
  const base = isKubernetes && isBinary === "" ? 1000 : 1024;
  return String(Math.round(Number(digits) * base ** power));
}

/** Thousandths of a processor, or the share or quota that stands for one. @param at Where it is written says in what. */
export function processorsOf(text: string, at: string): string {
  const name = at.slice(at.lastIndexOf("/") + 1);
  if (/shares$/i.test(name)) return `a share of ${text}`;
  if (/quota$/i.test(name)) return `a quota of ${text}`;
  const thousandths = /^(\d+(?:\.\d+)?)m$/.exec(text)?.[1];
  if (thousandths !== undefined) return String(Number(thousandths));
  const number = Number(text);
  if (!Number.isFinite(number)) return text;
  return String(Math.round(name === "NanoCpus" ? number / 1e6 : number * 1000));
}

/** A plain number of bytes as files have it, where it comes out even; any other text as it is. */
export function bytesText(text: string): string {
  const bytes = /^\d+$/.test(text) ? Number(text) : 0;
  const unit = (["g", "m", "k"] as const).find((one) => bytes % 1024 ** (BINARY[one] ?? 1) === 0);
  return bytes === 0 || unit === undefined ? text : `${bytes / 1024 ** (BINARY[unit] ?? 1)}${unit}`;
}
