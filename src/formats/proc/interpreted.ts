// Which file an interpreter was given to run, by its command line.

/** What a command line says of the script that is interpreted. */
export type Interpreted =
  | { readonly kind: "file"; readonly path: string }
  /** By a name that the interpreter looks up itself: `python -m http.server`. */
  | { readonly kind: "module"; readonly name: string }
  /** From the standard input. */
  | { readonly kind: "input" }
  /** From the command line; nothing lies in a file. */
  | { readonly kind: "none" };

/** What is special about an interpreter's options. */
interface Manner {
  /** Options that are followed by a value that is no script. */
  readonly valued: readonly string[];
  /** Options after which no file is interpreted: the code follows. */
  readonly inline: readonly string[];
  /** Options that are followed by a module's name. */
  readonly module?: readonly string[];
  /** Options that are followed by the file itself. */
  readonly file?: readonly string[];
  /** Words before the script: `deno run x.ts`. */
  readonly words?: readonly string[];
  /** Short options are joined: `sh -ec CODE`. */
  readonly joins?: true;
}

const SHELL: Manner = {
  valued: ["-o", "+o", "-O", "+O", "--rcfile", "--init-file"],
  inline: ["-c"],
  joins: true,
};
const NODE: Manner = {
  valued: [
    "-r",
    "--require",
    "--import",
    "--loader",
    "--experimental-loader",
    "-C",
    "--conditions",
    "--env-file",
  ],
  inline: ["-e", "--eval", "-p", "--print", "-i"],
};

const MANNERS: Readonly<Record<string, Manner>> = {
  ash: SHELL,
  bash: SHELL,
  busybox: SHELL,
  dash: SHELL,
  ksh: SHELL,
  mksh: SHELL,
  sh: SHELL,
  zsh: SHELL,
  bun: { valued: [], inline: ["-e"], words: ["run"] },
  deno: { valued: [], inline: ["eval"], words: ["run"] },
  java: {
    valued: ["-cp", "-classpath", "--class-path", "-p", "--module-path"],
    inline: [],
    file: ["-jar"],
  },
  lua: { valued: ["-l"], inline: ["-e"] },
  node: NODE,
  nodejs: NODE,
  perl: { valued: ["-I"], inline: ["-e", "-E"], joins: true },
  php: { valued: ["-c", "-d", "-z", "-t", "-S"], inline: ["-r", "-B", "-R"], file: ["-f", "-F"] },
  python: {
    valued: ["-W", "-X", "--check-hash-based-pycs"],
    inline: ["-c"],
    module: ["-m"],
    joins: true,
  },
  ruby: { valued: ["-I", "-r", "-C"], inline: ["-e"] },
};

/** @param program Its file's name: `python3.11`. @returns null for what is no interpreter that we know. */
export function interpretedBy(program: string, args: readonly string[]): Interpreted | null {
  const name = program.replace(/^(python|perl|ruby|lua|php|node)[-\d.]+$/, "$1");
  const manner = Object.hasOwn(MANNERS, name) ? MANNERS[name] : undefined;
  if (manner === undefined) return null;
  const [, first] = args;
  // One file with many names: which of them it is stands in the first word, or in the second.
  if (name !== "busybox") return scriptAmong(args.slice(1), manner);
  const own = (args[0] ?? "").replace(/^.*\//, "");
  if (own !== "busybox") return isShell(own) ? scriptAmong(args.slice(1), SHELL) : null;
  return first !== undefined && isShell(first) ? scriptAmong(args.slice(2), SHELL) : null;
}

/** A login shell's name begins with a dash. */
function isShell(name: string): boolean {
  return ["sh", "ash", "hush", "bash"].includes(name.replace(/^-/, ""));
}

function scriptAmong(args: readonly string[], manner: Manner): Interpreted {
  for (let i = 0; i < args.length; i += 1) {
    const word = args[i] ?? "";
    const told = wordTells(word, args[i + 1] ?? "", manner);
    if (told !== null) return told;
    if (manner.valued.includes(word)) i += 1;
  }
  return { kind: "input" };
}

/** null for an option that says nothing of the script. */
function wordTells(word: string, next: string, manner: Manner): Interpreted | null {
  if (word === "--" || manner.file?.includes(word) === true) return fileOf(next);
  if (manner.module?.includes(word) === true) return { kind: "module", name: next };
  if (isInline(word, manner)) return { kind: "none" };
  if (word === "-" || word === "-s") return { kind: "input" };
  const isOption = /^[-+]./.test(word) || manner.words?.includes(word) === true;
  return isOption ? null : fileOf(word);
}

function isInline(word: string, { inline, joins }: Manner): boolean {
  if (inline.includes(word)) return true;
  if (joins !== true || !/^-[A-Za-z]+$/.test(word)) return false;
  return inline.some((option) => option.length === 2 && word.includes(option.slice(1)));
}

function fileOf(path: string): Interpreted {
  return path === "" ? { kind: "input" } : { kind: "file", path };
}
