// What checking manifests costs: a part of bench.ts, or alone with `node tools/run.js bench/checks.ts`. Other people's manifests,
// repeated with other names, are checked with every check by the whole command.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { BENCH } from "./layout.ts";
import { type Contender, type Figures, measure, verdictLine } from "./measure.ts";

const RUNS = Number(process.env["BENCH_RUNS"] ?? 3);
/** Beside the project; this file runs as a bundle, so its own address says nothing. */
const MANIFESTS = resolve("../shared/fixtures/hardening");
const MANIFEST_LENGTH_MAX = 100_000;
const COUNT = 2_000;

/**
 * Twice was the bound of 138 checks. Now there are 182, those of whole clusters hold all objects against each
 * other, and what is found in these manifests, 45,000 findings, is 74 MB of JSON; the floor writes nothing. Measured: 2.4.
 */
const PARSING_MAX = 2.6;

/** The floor: what reads YAML for most programs in this language, and nothing else. */
const PARSING = `
const fs = require("node:fs"), { parseAllDocuments, LineCounter } = require("yaml");
const folder = process.argv[1];
for (const name of fs.readdirSync(folder)) {
  const text = fs.readFileSync(folder + "/" + name, "utf8");
  for (const document of parseAllDocuments(text, { lineCounter: new LineCounter() })) {
    try { document.toJS(); } catch {}
  }
}`;

/** Those that hold objects: no templates, no rules of other programs. */
function manifests(): string[] {
  return readdirSync(MANIFESTS, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.ya?ml$/.test(path))
    .sort()
    .map((path) => readFileSync(join(MANIFESTS, path), "utf8"))
    .filter(
      (text) =>
        text.length < MANIFEST_LENGTH_MAX &&
        /^apiVersion:/m.test(text) &&
        /^kind:/m.test(text) &&
        !text.includes("{{"),
    );
}

function folderOf(texts: readonly string[], count: number): string {
  const folder = join(BENCH, `manifests-${count}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (let i = 0; i < count; i += 1) {
    const text = texts[i % texts.length] ?? "";
    const named = text.replace(/^( {2}name: *)([\w-]+)/m, `$1$2-${i}`);
    writeFileSync(join(folder, `${String(i).padStart(5, "0")}.yaml`), named);
  }
  return folder;
}

/** Other people's Dockerfiles, each in a folder of its own. */
function dockerfilesIn(count: number): string {
  const texts = readdirSync(MANIFESTS, { recursive: true, encoding: "utf8" })
    .filter(
      (path) => /dockerfile[^/]*$/i.test(path) && !/\.(?:rego|ya?ml|json|md|go|py)$/.test(path),
    )
    .sort()
    .filter((path) => statSync(join(MANIFESTS, path)).isFile())
    .map((path) => readFileSync(join(MANIFESTS, path), "utf8"))
    .filter((text) => /^FROM /m.test(text));
  const folder = join(BENCH, "dockerfiles");
  rmSync(folder, { recursive: true, force: true });
  for (let i = 0; i < count; i += 1) {
    const own = join(folder, String(i).padStart(5, "0"));
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, "Dockerfile"), `${texts[i % texts.length] ?? ""}\n# ${i}\n`);
  }
  return folder;
}

function contender(name: string, args: readonly string[]): Contender {
  return { name, command: [process.execPath, "bin/bulwark.js", "check", ...args] };
}

function compared(texts: readonly string[]): string[] {
  // Both sizes have the same mix: the small one is the first half of the large one, read every second time.
  const [half = "", whole = ""] = [COUNT / 2, COUNT].map((count) =>
    folderOf(count === COUNT ? texts : texts.filter((_, i) => i % 2 === 0), count),
  );
  const json = ["--format", "json", "--output", join(BENCH, "checked.json")];
  const figures = measure(
    [
      contender("half", [half, ...json]),
      contender("whole", [whole, ...json]),
      contender("table", [whole]),
      contender("sarif", [whole, "--format", "sarif", "--output", join(BENCH, "checked.sarif")]),
      contender("dockerfiles", [dockerfilesIn(COUNT), ...json]),
      { name: "parsing alone", command: [process.execPath, "-e", PARSING, whole] },
    ],
    RUNS,
  );
  console.log(`\n${COUNT} manifests, every check`);
  for (const { name, wall, cpu, residentMax } of figures)
    console.log(
      `  ${name.padEnd(34)} ${wall.toFixed(2)} s ${cpu.toFixed(2)} s cpu ${residentMax.toFixed(0)} MB`,
    );
  const figure = (name: string, what: keyof Omit<Figures, "name">): number =>
    figures.find((one) => one.name === name)?.[what] ?? Number.NaN;
  for (const name of ["whole", "dockerfiles"])
    console.log(`  ${(COUNT / figure(name, "cpu")).toFixed(0)} a second of one core: ${name}`);
  return [
    verdictLine(
      `check ${COUNT} manifests / parsing them with the library, CPU`,
      figure("whole", "cpu") / figure("parsing alone", "cpu"),
      PARSING_MAX,
    ),
    verdictLine(
      `check ${COUNT} manifests / ${COUNT / 2}, CPU`,
      figure("whole", "cpu") / figure("half", "cpu"),
      2.2,
    ),
    verdictLine(`check ${COUNT} manifests, resident`, figure("whole", "residentMax"), 250, "MB"),
    verdictLine("the same as a table, resident", figure("table", "residentMax"), 250, "MB"),
    verdictLine("the same as SARIF, resident", figure("sarif", "residentMax"), 250, "MB"),
    verdictLine(
      `check ${COUNT} manifests, SARIF / JSON, CPU`,
      figure("sarif", "cpu") / figure("whole", "cpu"),
      1.3,
    ),
    verdictLine(
      `check ${COUNT} Dockerfiles / as many manifests, CPU`,
      figure("dockerfiles", "cpu") / figure("whole", "cpu"),
      1.2,
    ),
  ];
}

if (!existsSync(MANIFESTS)) console.log("\nchecks: left out (shared fixtures absent)");
else {
  const lines = compared(manifests());
  console.log(`\n${lines.join("\n")}`);
  process.exitCode = lines.some((line) => line.startsWith("OVER")) ? 1 : 0;
}
