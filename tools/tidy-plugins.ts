// The rules of tidy about plugins and codes: what the lists, the folders, the pages and the tables say of each other.
import { sectionFaults } from "./tidy-shape.ts";
import { type TidyRule, type Tree, textsIn } from "./tidy-tree.ts";

/** The sections of a plugin's readme, by family, in this order. */
const README_SECTIONS: Readonly<Record<string, readonly string[]>> = {
  catalogers: ["What it reads", "What it reports", "Limits", "Source"],
  schemes: ["What it orders", "Source", "Traps"],
  packs: ["What it demands", "When to use it", "Source"],
  reporters: ["What it writes", "Source"],
  rules: ["What it finds", "Why it matters", "What to do", "Known quiet cases", "References"],
  secrets: ["What it finds", "How it is told", "Source"],
  checks: ["What it finds", "Why it matters", "How to fix", "When to allow it", "References"],
};

/** `family/id` of every plugin folder; `shared/` holds what a family has in common. */
function pluginFolders(tree: Tree): string[] {
  const folders = tree.flatMap(({ path }) => {
    const match = /^src\/plugins\/([^/]+)\/([^/]+)\//.exec(path);
    return match === null || match[2] === "shared" ? [] : [`${match[1]}/${match[2]}`];
  });
  return [...new Set(folders)];
}

/** `family/id` of every plugin as its family's list imports it. */
function listed(tree: Tree): string[] {
  return textsIn(tree, /^src\/plugins\/[^/]+\/index\.ts$/).flatMap(({ path, text }) => {
    const family = path.split("/")[2] ?? "";
    const folders = [...text.matchAll(/["']\.\/([^/"']+)\//g)].map((m) => `${family}/${m[1]}`);
    return [...new Set(folders)];
  });
}

const lists: TidyRule = {
  name: "plugin lists",
  reason: "a plugin is one folder and one line",
  find: (tree) => {
    const folders = pluginFolders(tree);
    const named = listed(tree);
    return [
      ...folders.filter((f) => !named.includes(f)).map((f) => `${f}: in no list`),
      ...named.filter((f) => !folders.includes(f)).map((f) => `${f}: listed, but has no folder`),
    ];
  },
};

const readmes: TidyRule = {
  name: "plugin readmes",
  reason: "each plugin says what it does and where its knowledge comes from, in the same order",
  find: (tree) =>
    pluginFolders(tree).flatMap((folder) => {
      const [family = "", id = ""] = folder.split("/");
      const path = `src/plugins/${folder}/readme.md`;
      const text = tree.find((f) => f.path === path)?.text;
      if (typeof text !== "string") return [`${path}: is missing`];
      const title = text.startsWith(`# ${id}\n`) ? [] : [`${path}: begins with "# ${id}"`];
      return [...title, ...sectionFaults(path, text, README_SECTIONS[family] ?? [])];
    }),
};

const RETIRED = "src/plugins/retired.txt";

const retired: TidyRule = {
  name: "retired ids",
  reason: "an id in somebody's exceptions must never begin to mean something else",
  find: (tree) => {
    const text = tree.find((f) => f.path === RETIRED)?.text;
    if (typeof text !== "string") return [`${RETIRED}: is missing`];
    const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    const folders = pluginFolders(tree);
    return lines.flatMap((line) => {
      const id = line.split(" ")[0] ?? "";
      const formed = /^[a-z]+\/[a-z0-9-]+ \d{4}-\d\d-\d\d .+$/.test(line);
      if (!formed) return [`${RETIRED}: "${line}" is not: family/id date reason`];
      return folders.includes(id) ? [`${id}: was retired and is used again`] : [];
    });
  },
};

/** A family as its list has it when it is loaded. */
export interface LoadedFamily {
  readonly name: string;
  /** Each in alphabetical order of ids. */
  readonly lists: readonly (readonly string[])[];
}

/** What is wrong with the ids of a family: against its folders, in order, and among each other. */
export function idFaults(family: LoadedFamily, tree: Tree): string[] {
  const folders = pluginFolders(tree)
    .filter((f) => f.startsWith(`${family.name}/`))
    .map((f) => f.slice(family.name.length + 1));
  const ids = family.lists.flat();
  const unordered = family.lists.filter((list) => list.join() !== [...list].sort().join());
  return [
    ...ids
      .filter((id) => !folders.includes(id))
      .map((id) => `${family.name}/${id}: no such folder`),
    ...folders
      .filter((f) => !ids.includes(f))
      .map((f) => `${family.name}/${f}: no plugin has its id`),
    ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `${family.name}/${id}: used twice`),
    ...unordered.map((list) => `${family.name}: expected order ${[...list].sort().join(", ")}`),
  ];
}

/** A table of codes: where it stands, what it holds, which page documents it. */
export interface CodeTable {
  readonly path: string;
  readonly codes: readonly string[];
  readonly page: string;
}

/** Codes that no page documents, or that nothing but tests uses. */
export function codeFaults(table: CodeTable, tree: Tree): string[] {
  const page = tree.find((f) => f.path === table.page)?.text ?? "";
  const code = textsIn(tree, /^src\/.*\.ts$/)
    .filter((f) => f.path !== table.path && !f.path.endsWith(".test.ts"))
    .map((f) => f.text)
    .join("\n");
  return table.codes.flatMap((name) => [
    ...(page.includes(`\`${name}\``) ? [] : [`${name}: not in ${table.page}; run npm run gen`]),
    ...(code.includes(`"${name}"`) ? [] : [`${name}: used nowhere`]),
  ]);
}

export const pluginRules: readonly TidyRule[] = [lists, readmes, retired];
