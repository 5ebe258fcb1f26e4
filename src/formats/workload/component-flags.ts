// Command lines of Kubernetes' own programs, read as those programs read them.
import { type Fact, known, unknown } from "../../kit/fact.ts";
import type { ComponentName } from "../../model/component.ts";
import { GATHERING, SWITCHES } from "./component-options.data.ts";

const COMPONENTS: readonly ComponentName[] = [
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "etcd",
  "kubelet",
  "kube-proxy",
];

const NAMES: ReadonlySet<string> = new Set(COMPONENTS);
/** Programs that are several components, by the word after them. */
const COMBINED: Readonly<Record<string, ComponentName>> = {
  apiserver: "kube-apiserver",
  "controller-manager": "kube-controller-manager",
  scheduler: "kube-scheduler",
  kubelet: "kubelet",
  proxy: "kube-proxy",
};

/** A command line that runs a component; `words` are those after the program. */
export interface ComponentCommand {
  readonly component: ComponentName;
  readonly words: readonly Fact<string>[];
  /** Why the flags cannot be told, as where a shell puts them together; null when they can. */
  readonly hidden: string | null;
}

/**
 * The component that a command line runs, be it through a runner of programs; null for any other.
 *
 * @param image What is run where there are flags only: the image then names the program.
 */
export function componentCommand(
  command: readonly Fact<string>[],
  image: Fact<string>,
): ComponentCommand | null {
  return hasFlagsOnly(command) ? commandOfImage(command, image) : commandAmong(command);
}

function hasFlagsOnly([first]: readonly Fact<string>[]): boolean {
  return first?.state === "known" && first.value.startsWith("-");
}

function commandOfImage(
  words: readonly Fact<string>[],
  image: Fact<string>,
): ComponentCommand | null {
  const component = componentOfImage(image);
  return component === null ? null : { component, words, hidden: null };
}

function commandAmong(command: readonly Fact<string>[]): ComponentCommand | null {
  for (const [index, word] of command.entries()) {
    if (word.state !== "known") continue;
    const name = baseName(word.value);
    const isFlag = word.value.startsWith("-");
    if (!isFlag && NAMES.has(name))
      return { component: name as ComponentName, words: command.slice(index + 1), hidden: null };
    const combined = name === "hyperkube" ? combinedAt(command, index + 1) : null;
    if (combined !== null)
      return { component: combined, words: command.slice(index + 2), hidden: null };
    const inScript = isScript(command, index) ? componentIn(word.value) : null;
    if (inScript !== null)
      return { component: inScript, words: [], hidden: "a shell puts its command line together" };
  }
  return null;
}

/** `registry.k8s.io/etcd:3.6`, `kube-apiserver-amd64`: images that start the program whose name they have. */
function componentOfImage(image: Fact<string>): ComponentName | null {
  if (image.state !== "known") return null;
  const name = baseName((image.value.split("@", 1)[0] ?? "").replace(/:[^/:]*$/, ""));
  const program = name.replace(/-(?:amd64|arm64)$/, "");
  return NAMES.has(program) ? (program as ComponentName) : null;
}

function combinedAt(command: readonly Fact<string>[], index: number): ComponentName | null {
  const word = command[index];
  if (word?.state !== "known") return null;
  const name = word.value.replace(/^kube-/, "");
  return Object.hasOwn(COMBINED, name) ? (COMBINED[name] ?? null) : null;
}

function isScript(command: readonly Fact<string>[], index: number): boolean {
  const before = command[index - 1];
  return before?.state === "known" && /^-[a-z]*c$/.test(before.value);
}

/** What the script ends in running, if that is a component. */
function componentIn(script: string): ComponentName | null {
  const found = /(?:^|[\s;&|])(?:exec\s+)?(?:[\w./-]*\/)?([a-z]+(?:-[a-z]+)*)\s+--/.exec(script);
  const name = found?.[1] ?? "";
  return NAMES.has(name) ? (name as ComponentName) : null;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/**
 * Flags by their names, without dashes. The last of several wins, except where each adds to those before it; `_` in a name is
 * `-`; one dash is as good as two.
 *
 * @see https://pkg.go.dev/github.com/spf13/pflag#section-readme
 */
export function flagsOf(words: readonly Fact<string>[]): Map<string, Fact<string>> {
  const flags = new Map<string, Fact<string>>();
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (word?.state !== "known") continue;
    if (word.value === "--") break;
    const [, written = "", value] = /^--?([A-Za-z][\w.-]*)(?:=([\s\S]*))?$/.exec(word.value) ?? [];
    if (written === "") continue;
    const name = written.replaceAll("_", "-");
    const next = words[index + 1];
    const takesNext = value === undefined && !SWITCHES.has(name) && isValue(next);
    if (takesNext) index += 1;
    setFlag(flags, name, takesNext ? next : known(value ?? "true", word.at));
  }
  return flags;
}

function isValue(
  word: Fact<string> | undefined,
): word is Exclude<Fact<string>, { state: "absent" }> {
  if (word === undefined || word.state === "absent") return false;
  return word.state === "unknown" || !word.value.startsWith("-");
}

function setFlag(flags: Map<string, Fact<string>>, name: string, written: Fact<string>): void {
  const fact = expanded(written, name);
  const before = flags.get(name);
  if (!GATHERING.has(name) || before?.state !== "known" || fact.state !== "known")
    flags.set(name, fact);
  else flags.set(name, known(`${before.value},${fact.value}`, fact.at));
}

/** Kubernetes puts variables where `$(NAME)` is written; what they are is told elsewhere. */
function expanded(fact: Fact<string>, name: string): Fact<string> {
  if (fact.state !== "known" || !/\$\(\w+\)/.test(fact.value)) return fact;
  return unknown(fact.at, `--${name} has its value from a variable`);
}
