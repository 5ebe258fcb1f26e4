/** A piece of a template: text as it stands, or an expression to be replaced. */
export type TemplatePart = { readonly text: string } | { readonly expression: string };

/**
 * Takes a template apart: `{expression}` is an expression, which may itself hold braces and quoted texts; `{{` and `}}` mean a
 * brace.
 *
 * @returns null when a brace is left open, or closes nothing.
 */
export function templateParts(template: string): TemplatePart[] | null {
  const parts: TemplatePart[] = [];
  let text = "";
  const token = /[^{}]*({{|}}|[{}])?/y;
  for (let at = 0; at < template.length; ) {
    token.lastIndex = at;
    const [before = "", brace = ""] = token.exec(template) ?? [];
    text += before.slice(0, before.length - brace.length);
    at += before.length;
    if (brace.length === 2) text += brace[0];
    if (brace.length !== 1) continue;
    const end = brace === "{" ? endOfExpression(template, at) : -1;
    if (end === -1) return null;
    if (text !== "") parts.push({ text });
    text = "";
    parts.push({ expression: template.slice(at, end).trim() });
    at = end + 1;
  }
  if (text !== "") parts.push({ text });
  return parts;
}

/** The brace that closes what began before `from`; -1 when none does. Braces in quotes do not count. */
function endOfExpression(template: string, from: number): number {
  const tokens = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|["'{}]/g;
  tokens.lastIndex = from;
  let depth = 0;
  for (let found = tokens.exec(template); found !== null; found = tokens.exec(template)) {
    const [token] = found;
    if (token === "}" && depth === 0) return found.index;
    if (token === "'" || token === '"') return -1;
    if (token.length === 1) depth += token === "{" ? 1 : -1;
  }
  return -1;
}
