// The rules of tidy about what stands in files: words, leftovers, places of somebody's machine.
import { places, type TidyRule, type Tree, textsIn } from "./tidy-tree.ts";

const CODE = /^(src|test|tools|bench|bin)\/.*\.(ts|js|cjs)$/;
const PROSE = /\.md$/;
/** Files that must name what they forbid. */
const OWN = /^tools\/tidy|^STYLE\.md$|^GLOSSARY\.md$/;
const FIXTURES = /\/fixtures\//;

function written(tree: Tree, path: RegExp): { path: string; text: string }[] {
  return textsIn(tree, path).filter((f) => !OWN.test(f.path) && !FIXTURES.test(f.path));
}

/** The word of the glossary for words that others use. */
const GLOSSARY: Readonly<Record<string, string>> = {
  analyzer: "cataloger",
  comparator: "scheme",
  waiver: "exception",
  whitelist: "list of what is allowed",
  blacklist: "list of what is denied",
  "risk score": "priority",
};
const FOREIGN_WORDS = new RegExp(`\\b(${Object.keys(GLOSSARY).join("|")})s?\\b`, "i");

const glossaryWords: TidyRule = {
  name: "glossary words",
  reason: "one word for one thing (GLOSSARY.md)",
  find: (tree) => [
    ...places(written(tree, PROSE), FOREIGN_WORDS, sayInstead),
    ...places(written(tree, CODE), FOREIGN_WORDS, sayInstead),
  ],
};

function sayInstead(word: string): string {
  const key = word.toLowerCase().replace(/s$/, "");
  return `"${word}": say ${GLOSSARY[key] ?? "a word of the glossary"}`;
}

const EMPTY_NAMES =
  /(^|\/)(utils?|helpers?|common|misc|types|manager|service|handler|constants)(\.test)?\.[a-z]+$/;
const EMPTY_TYPES =
  /\b(class|interface|type) \w*(Manager|Helpers?|Utils?|Handler)\b|\bclass \w*Service\b/;

const namesThatSay: TidyRule = {
  name: "names that say something",
  reason: "a file or type is named for the idea that it holds",
  find: (tree) => [
    ...tree
      .filter((f) => EMPTY_NAMES.test(f.path) && !FIXTURES.test(f.path))
      .map((f) => `${f.path}: a name for anything`),
    ...places(written(tree, CODE), EMPTY_TYPES, (m) => `"${m}": a name for anything`),
  ],
};

const LEFTOVERS = /\b(TODO|FIXME|XXX|HACK)\b|do not submit|@ts-ignore|@ts-nocheck|\bas any\b/i;

const leftovers: TidyRule = {
  name: "no leftovers",
  reason: "what is unfinished is finished, or is an issue",
  find: (tree) => [
    ...places(written(tree, CODE), LEFTOVERS, (m) => `"${m}"`),
    ...places(written(tree, PROSE), LEFTOVERS, (m) => `"${m}"`),
  ],
};

const ONLY = /\b(describe|test|it|bench)\.only\b/;
/** A skip that names no reason: neither `context.skip("reason")` nor a name that ends with `(reason)`. */
const BARE_SKIP = /\.(skip|todo)\(\s*\)|\.todo\(/;
const BLOCK_SKIP = /\b(describe|test|it)\.(skip\(|(?:skipIf|runIf)\(.*?\)\()\s*(["'`])(.*?)\3/g;

const testsRun: TidyRule = {
  name: "tests run",
  reason: "a test that does not run says why, and never silences the others",
  find: (tree) => {
    const tests = written(tree, /^(src|test|tools)\/.*\.ts$/).filter(
      (f) => f.path !== "tools/closing-line.test.ts",
    );
    const bare = tests.flatMap(({ path, text }) =>
      [...text.matchAll(BLOCK_SKIP)]
        .filter((m) => !/\([^()]+\)$/.test(m[4] ?? ""))
        .map((m) => `${path}: ${m[0]}: end its name with (the reason)`),
    );
    return [
      ...places(tests, ONLY, (m) => `"${m}"`),
      ...places(tests, BARE_SKIP, (m) => `"${m}": without a reason`),
      ...bare,
    ];
  },
};

/** Folders of one machine. A path in quotation marks or after a blank, not a part of a longer one. */
const MACHINE_PATHS = /(?<![\w.*/}-])\/(work|home\/[a-z]+|Users\/[A-Za-z]+)\/[\w.]/;

const noMachine: TidyRule = {
  name: "no path of a machine",
  reason: "the project lies anywhere",
  find: (tree) =>
    places(
      textsIn(tree, /./).filter((f) => !/^tools\/tidy/.test(f.path) && !FIXTURES.test(f.path)),
      MACHINE_PATHS,
      (m) => `"${m}"`,
    ),
};

/** The host of the npm registry that this run uses; the project names none, not even the one that everybody has. */
function registryHere(): string | null {
  const address = process.env["npm_config_registry"];
  if (address === undefined || !URL.canParse(address)) return null;
  return new URL(address).host;
}

/** A rule for one registry, so that it can be tried with a made-up one. */
export function noRegistry(host: string | null): TidyRule {
  return {
    name: "no registry of a machine",
    reason: "where somebody's packages come from is not part of the project",
    find: (tree) => {
      const named = textsIn(tree, /./).filter((f) => host !== null && f.text.includes(host));
      const lock = textsIn(tree, /^package-lock\.json$/);
      return [
        ...named.map((f) => `${f.path}: names ${host}`),
        ...places(lock, /"resolved": "http/, () => "an address; see .npmrc").slice(0, 3),
      ];
    },
  };
}

/** A sentence's end within a line, followed by another sentence. Code spans and abbreviations do not count. */
const SECOND_SENTENCE = /[a-z0-9)`"*][.!?] +[A-Z][a-z]/;

const oneSentence: TidyRule = {
  name: "one sentence a line",
  reason: "a change of a sentence is then a change of a line",
  find: (tree) => places(written(tree, PROSE).map(withoutCode), SECOND_SENTENCE, (m) => `"${m}"`),
};

/** Code blocks, tables and headings emptied, their lines kept; numbers of lists are no sentences. */
function withoutCode({ path, text }: { path: string; text: string }): {
  path: string;
  text: string;
} {
  const blank = (block: string): string => block.replace(/[^\n]/g, "");
  const prose = text
    .replace(/^```[\s\S]*?^```$/gm, blank)
    .replace(/^(\||#).*$/gm, "")
    .replace(/^\s*\d+\. /gm, "");
  return { path, text: prose.replace(/`[^`\n]*`/g, "``") };
}

export const wordRules: readonly TidyRule[] = [
  glossaryWords,
  namesThatSay,
  leftovers,
  testsRun,
  noMachine,
  noRegistry(registryHere()),
  oneSentence,
];
