// What a server says about how to prove who we are. Servers write this header with many small mistakes; what cannot be read is
// passed over, and never ends in an error. @see RFC 9110, 11.6.1

/** One way in which the server wants to be convinced. */
export interface Challenge {
  /** In lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** By name in lower case; the first of a name counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

const LENGTH_MAX = 16_000;
const CHALLENGES_MAX = 20;

/** Reads the values of WWW-Authenticate, several joined by commas. Challenges come in their order. Never throws. */
export function parseChallenges(header: string): Challenge[] {
  const text = header.slice(0, LENGTH_MAX);
  const found: { scheme: string; parameters: Map<string, string> }[] = [];
  let at = 0;
  while (at < text.length && found.length < CHALLENGES_MAX) {
    const token = matchAt(TOKEN, text, at);
    if (token === null) {
      at += 1;
      continue;
    }
    at += token[0].length;
    const equals = found.length === 0 ? null : matchAt(EQUALS, text, at);
    if (equals === null) {
      found.push({ scheme: token[0].toLowerCase(), parameters: new Map() });
      at += matchAt(TOKEN68, text, at)?.[0].length ?? 0;
      continue;
    }
    at += equals[0].length;
    const value = matchAt(QUOTED, text, at) ?? matchAt(BARE, text, at);
    at += value?.[0].length ?? 0;
    const { parameters } = found[found.length - 1] ?? { parameters: new Map<string, string>() };
    const name = token[0].toLowerCase();
    if (!parameters.has(name)) parameters.set(name, unescaped(value?.[1] ?? ""));
  }
  return found;
}

const TOKEN = /[A-Za-z0-9!#$%&'*+.^_`|~-]+/y;
const EQUALS = /[ \t]*=[ \t]*/y;
/** A quoted text; one without an end goes to the end. */
const QUOTED = /"((?:[^"\\]|\\.)*)(?:"|\\?$)/sy;
const BARE = /([^\s,]*)/y;
/** One blob instead of parameters, as Negotiate has it. */
const TOKEN68 = /[ \t]+[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/y;

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function unescaped(text: string): string {
  return text.includes("\\") ? text.replaceAll(/\\(.)/gs, "$1") : text;
}
