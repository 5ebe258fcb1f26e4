// The rules of tidy about files as such: sizes, depth, bits, numbers, links.
import { dirname, join } from "node:path/posix";
import { type TidyRule, type Tree, textsIn } from "./tidy-tree.ts";

interface LineLimit {
  readonly path: RegExp;
  readonly lines: number;
}

/** The first that fits counts. TypeScript is the linter's, but for what it is not shown. */
const LINE_LIMITS: readonly LineLimit[] = [
  {
    path: /\/fixtures\/|\.data\.ts$|^package-lock\.json$|^LICENSE$|^docs\/reference\//,
    lines: Infinity,
  },
  { path: /\.test\.ts$/, lines: 800 },
  { path: /^ARCHITECTURE\.md$/, lines: 149 },
  { path: /\.md$/, lines: 400 },
  { path: /\.(ts|js|cjs|sh)$|^\.ci\//, lines: 400 },
];

const lineLimits: TidyRule = {
  name: "files of one idea",
  reason: "a file that is too long holds two ideas",
  find: (tree) =>
    tree.flatMap(({ path, text }) => {
      const limit = LINE_LIMITS.find((l) => l.path.test(path))?.lines ?? Infinity;
      const lines = text === null ? 0 : text.split("\n").length - 1;
      return lines > limit ? [`${path}: ${lines} lines, of at most ${limit}`] : [];
    }),
};

const COMMENT_COLUMNS = 150;

const commentWidth: TidyRule = {
  name: "comments that fit",
  reason: "the formatter folds code at 100 columns, but leaves comments as they are",
  find: (tree) =>
    textsIn(tree, /^(src|tools|bench|bin)\/.*\.(ts|js|cjs)$/)
      .filter((f) => !f.path.includes("/fixtures/"))
      .flatMap(({ path, text }) =>
        text
          .split("\n")
          .flatMap((line, i) =>
            line.length > COMMENT_COLUMNS && /^ *(\/\/|\/?\*)/.test(line)
              ? [`${path}:${i + 1}: ${line.length} columns, of at most ${COMMENT_COLUMNS}`]
              : [],
          ),
      ),
};

const DEPTH = 4;

const depthLimit: TidyRule = {
  name: "shallow tree",
  reason: "what lies deep is not found",
  find: (tree) =>
    tree
      .filter((f) => f.path.startsWith("src/") && !f.path.includes("/fixtures/"))
      .filter((f) => f.path.split("/").length - 2 > DEPTH)
      .map((f) => `${f.path}: deeper than ${DEPTH} folders below src`),
};

const BLOB_BYTES = 512 * 1024;

const noBlobs: TidyRule = {
  name: "no blobs",
  reason: "a clone stays small, and what cannot be read is not reviewed",
  find: (tree) =>
    tree.flatMap(({ path, text, sizeBytes }) => {
      if (path === "package-lock.json") return [];
      if (sizeBytes > BLOB_BYTES) return [`${path}: ${sizeBytes} bytes, of at most ${BLOB_BYTES}`];
      // The sensor's programs are compiled, and a test compiles them again.
      const binary =
        text === null &&
        !/\/fixtures\/|^sensor\/(?:sensor\.\w+\.o|strict\.(?:x86|arm64))$/.test(path);
      return binary ? [`${path}: is not text, and not a fixture`] : [];
    }),
};

/** Files that people start by name. */
const STARTED = /^bin\/[^/]+$|^\.ci\/run$|^sensor\/strict\.(?:x86|arm64)$/;

const executableBits: TidyRule = {
  name: "executable bits",
  reason: "what is started can be started, and nothing else can",
  find: (tree) =>
    tree.flatMap(({ path, executable }) => {
      if (STARTED.test(path)) return executable ? [] : [`${path}: is not executable`];
      return executable ? [`${path}: is executable`] : [];
    }),
};

/** What makes each page of decisions complete, in this order. */
const DECISION_SECTIONS = ["Context", "Decision", "Rejected", "How we would notice"];

const decisions: TidyRule = {
  name: "decision records",
  reason: "decisions are numbered without a gap and say what was rejected",
  find: (tree) => {
    const pages = textsIn(tree, /^docs\/decisions\//);
    return pages.flatMap(({ path, text }, index) => {
      const number = String(index + 1).padStart(4, "0");
      const named = new RegExp(`^docs/decisions/${number}-[a-z0-9-]+\\.md$`).test(path);
      const complaints = named ? [] : [`${path}: expected number ${number}`];
      if (!text.startsWith(`# ${number}. `))
        complaints.push(`${path}: begins with "# ${number}. "`);
      return [...complaints, ...sectionFaults(path, text, DECISION_SECTIONS)];
    });
  },
};

/** Says which of the sections are missing or out of order. Others may stand between. */
export function sectionFaults(path: string, text: string, wanted: readonly string[]): string[] {
  const found = [...text.matchAll(/^## (.+)$/gm)].map((m) => m[1] ?? "");
  const missing = wanted.filter((section) => !found.includes(section));
  if (missing.length > 0) return [`${path}: has no section "${missing.join('", "')}"`];
  const order = found.filter((section) => wanted.includes(section));
  return order.join() === wanted.join()
    ? []
    : [`${path}: sections in the order ${wanted.join(", ")}`];
}

const changeNotes: TidyRule = {
  name: "change notes",
  reason: "a note is read by users: what kind of change, first word",
  find: (tree) => {
    const notes = textsIn(tree, /^changes\//);
    const numbers = notes.map((n) => n.path.slice("changes/".length).split("-")[0] ?? "");
    return notes.flatMap(({ path, text }, index) => {
      const complaints: string[] = [];
      if (!/^changes\/\d{4}-[a-z0-9-]+\.md$/.test(path)) complaints.push(`${path}: NNNN-slug.md`);
      if (!/^(Fix|New|Breaking)\b/.test(text))
        complaints.push(`${path}: begins with Fix, New or Breaking`);
      const doubled = numbers.indexOf(numbers[index] ?? "") !== index;
      return doubled ? [...complaints, `${path}: its number is taken`] : complaints;
    });
  },
};

const links: TidyRule = {
  name: "links lead somewhere",
  reason: "a page that names another is right about where it is",
  find: (tree) => {
    const known = knownPaths(tree);
    return textsIn(tree, /\.md$/).flatMap(({ path, text }) =>
      [...text.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)]
        .map((m) => m[1] ?? "")
        .filter((to) => !/^[a-z]+:/.test(to))
        .filter((to) => !known.has(join(dirname(path), to).replace(/\/$/, "")))
        .map((to) => `${path}: leads to ${to}, which is not there`),
    );
  },
};

/** Files and the folders they lie in. */
function knownPaths(tree: Tree): Set<string> {
  const known = new Set<string>();
  for (const { path } of tree) {
    for (let at = path; at !== "."; at = dirname(at)) known.add(at);
  }
  return known;
}

export const shapeRules: readonly TidyRule[] = [
  lineLimits,
  commentWidth,
  depthLimit,
  noBlobs,
  executableBits,
  decisions,
  changeNotes,
  links,
];
