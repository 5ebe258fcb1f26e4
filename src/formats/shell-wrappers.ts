// Commands that run other commands: what they run, out of their words.
import type { ShellVariable, ShellWord } from "../model/shell.ts";
import type { Pointer } from "../model/workload.ts";

/** What a command runs: words, or the text of a script. */
export type Inner =
  | {
      readonly kind: "words";
      readonly words: readonly ShellWord[];
      readonly variables: readonly ShellVariable[];
    }
  | { readonly kind: "script"; readonly text: string; readonly at: Pointer };

/** null when a command runs no other, or does not say which. */
export function innerOf(name: string, words: readonly ShellWord[]): Inner | null {
  if (SHELLS.has(name)) return scriptAfter(words, "c");
  if (name === "eval") return evaluated(words);
  if (name === "su" || name === "runuser") return scriptAfter(words, "c");
  if (name === "find") return executed(words);
  const wrapper = WRAPPERS.get(name);
  return wrapper === undefined ? null : wordsAfter(words, wrapper);
}

const SHELLS: ReadonlySet<string> = new Set(["sh", "bash", "ash", "dash", "zsh", "ksh", "busybox"]);

interface Wrapper {
  /** Options that take the word after them. */
  readonly takes: string;
  /** Words of its own before the command. */
  readonly own: number;
  readonly hasVariables?: boolean;
}

const WRAPPERS: ReadonlyMap<string, Wrapper> = new Map([
  ["sudo", { takes: "ughpCrtTDR", own: 0, hasVariables: true }],
  ["doas", { takes: "uC", own: 0 }],
  ["env", { takes: "uCS", own: 0, hasVariables: true }],
  ["exec", { takes: "a", own: 0 }],
  ["command", { takes: "", own: 0 }],
  ["builtin", { takes: "", own: 0 }],
  ["nohup", { takes: "", own: 0 }],
  ["time", { takes: "fo", own: 0 }],
  ["nice", { takes: "n", own: 0 }],
  ["ionice", { takes: "cnp", own: 0 }],
  ["stdbuf", { takes: "ioe", own: 0 }],
  ["setsid", { takes: "", own: 0 }],
  ["timeout", { takes: "ks", own: 1 }],
  ["xargs", { takes: "IindELPsa", own: 0 }],
  ["chroot", { takes: "", own: 1 }],
  ["gosu", { takes: "", own: 1 }],
  ["su-exec", { takes: "", own: 1 }],
  ["tini", { takes: "pe", own: 0 }],
  ["dumb-init", { takes: "r", own: 0 }],
]);

/** After options and its own words, and assignments where they are understood. */
function wordsAfter(words: readonly ShellWord[], wrapper: Wrapper): Inner | null {
  const rest = words.slice(optionsOf(words, wrapper.takes) + wrapper.own);
  const variables: ShellVariable[] = [];
  while (wrapper.hasVariables === true) {
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(rest[0]?.value ?? "") ?? [];
    const word = rest[0];
    if (name === undefined || value === undefined || word === undefined) break;
    variables.push({ name, value: { ...word, value } });
    rest.shift();
  }
  return rest.length === 0 ? null : { kind: "words", words: rest, variables };
}

/** How many words from the beginning are options and what belongs to them. */
function optionsOf(words: readonly ShellWord[], takes: string): number {
  let count = 0;
  while (count < words.length) {
    const value = words[count]?.value ?? "";
    if (value === "--") return count + 1;
    if (!value.startsWith("-") || value === "-") return count;
    const isPair = /^-[A-Za-z]$/.test(value) && takes.includes(value[1] ?? "");
    count += isPair ? 2 : 1;
  }
  return count;
}

/** `sh -ec SCRIPT`, `bash -o pipefail -c SCRIPT`, `busybox sh -c SCRIPT`. */
function scriptAfter(words: readonly ShellWord[], letter: string): Inner | null {
  for (const [i, { value }] of words.entries()) {
    const isIt = /^-[A-Za-z]+$/.test(value) && value.includes(letter);
    if (!isIt) continue;
    const script = words[i + 1];
    if (script === undefined) return null;
    return { kind: "script", text: script.value, at: script.at };
  }
  return null;
}

function evaluated(words: readonly ShellWord[]): Inner | null {
  const [first] = words;
  if (first === undefined || words.some(({ isStatic }) => !isStatic)) return null;
  return { kind: "script", text: words.map(({ value }) => value).join(" "), at: first.at };
}

/** `find … -exec COMMAND ;` or `+`; the first, where there are several. */
function executed(words: readonly ShellWord[]): Inner | null {
  const start = words.findIndex(({ value }) => /^-(?:exec|ok)(?:dir)?$/.test(value)) + 1;
  if (start === 0) return null;
  const rest = words.slice(start);
  const end = rest.findIndex(({ value }) => value === ";" || value === "+");
  const inner = end === -1 ? rest : rest.slice(0, end);
  return inner.length === 0 ? null : { kind: "words", words: inner, variables: [] };
}
