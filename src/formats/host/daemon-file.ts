// daemon.json with options set: members stay in their order, and the indentation is that of the file.
import type { PlainValue } from "../../model/edit.ts";

/**
 * @param text null for a file that is not there.
 * @returns null for one that is no JSON object.
 */
export function withOptions(
  text: string | null,
  options: readonly { readonly option: string; readonly value: PlainValue }[],
): string | null {
  let document: unknown;
  try {
    document = JSON.parse((text ?? "").trim() === "" ? "{}" : (text ?? ""));
  } catch {
    return null;
  }
  if (typeof document !== "object" || document === null || Array.isArray(document)) return null;
  const members = new Map<string, unknown>(Object.entries(document));
  for (const { option, value } of options) members.set(option, value);
  const indent = /^([ \t]+)"/m.exec(text ?? "")?.[1] ?? "  ";
  return `${JSON.stringify(Object.fromEntries(members), null, indent)}\n`;
}
