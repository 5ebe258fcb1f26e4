// Alpine's security database: which version of which package fixed which flaws, per release and repository; Wolfi and Chainguard
// write the same. It lists fixes only: what is unfixed is not in it. The "version" 0 means that the package never was affected.
// Source: https://secdb.alpinelinux.org and its generator, alpine/infra/docker/secdb.
import {
  type Fields,
  fieldsOf,
  ID_LENGTH_MAX,
  isCve,
  isPlain,
  listOf,
  NAME_LENGTH_MAX,
  textOf,
  textsOf,
  VERSION_LENGTH_MAX,
} from "./fields.ts";
import type { FeedSink } from "./sink.ts";

/** Whether JSON has the shape of one repository's list. */
export function isSecdb(value: Fields): boolean {
  return Array.isArray(value["packages"]) && typeof value["reponame"] === "string";
}

/** Reads one repository's list. Never throws. */
export function readSecdb(list: Fields, sink: FeedSink): void {
  const ecosystem = ecosystemOf(list);
  if (ecosystem === null) {
    sink.problem("it does not say for which release it is");
    return;
  }
  for (const value of listOf(list["packages"])) {
    const pkg = fieldsOf(fieldsOf(value)?.["pkg"]);
    const name = textOf(pkg?.["name"], NAME_LENGTH_MAX);
    const fixes = fieldsOf(pkg?.["secfixes"]);
    if (name === null || !isPlain(name) || fixes === null)
      sink.problem("a package has no name or no fixes");
    else readFixes(fixes, { ecosystem, name, sink });
  }
}

/** `v3.19` and `edge` as OSV names them; lists without a release are those of rolling distributions. */
function ecosystemOf(list: Fields): string | null {
  const release = textOf(list["distroversion"], 40);
  if (release !== null && /^(v\d+\.\d+|edge)$/.test(release)) return `Alpine:${release}`;
  if (release !== null) return null;
  const prefix = textOf(list["urlprefix"], 200) ?? "";
  if (/\bwolfi\b/.test(prefix)) return "Wolfi";
  return /\bchainguard\b|\bcgr\.dev\b/.test(prefix) ? "Chainguard" : null;
}

function readFixes(
  fixes: Fields,
  { ecosystem, name, sink }: { ecosystem: string; name: string; sink: FeedSink },
): void {
  for (const [version, flaws] of Object.entries(fixes)) {
    if (!isPlain(version) || version.length > VERSION_LENGTH_MAX) {
      sink.problem(`package ${name} has a malformed version`);
      continue;
    }
    for (const flaw of textsOf(flaws, 1_000)) {
      const [advisory, vulnerabilities] = namesOf(flaw);
      if (advisory === null) continue;
      const said = { advisory, vulnerabilities, source: "alpine-secdb" };
      if (version === "0")
        sink.affected(ecosystem, name, { ...said, ranges: [], state: "not-affected" });
      else
        sink.affected(ecosystem, name, { ...said, ranges: [{ introduced: "0", fixed: version }] });
    }
  }
}

/** One text may hold several names of one flaw, and remarks: `CVE-2019-14697 XSA-123`, `CVE-2017-2616 (+ regression fix)`. */
function namesOf(text: string): [advisory: string | null, vulnerabilities: string[]] {
  const remark = text.indexOf("(");
  const words = (remark === -1 ? text : text.slice(0, remark)).split(/[\s,;]+/);
  const ids = words.filter(
    (word) => /^[A-Z][A-Z0-9]*[-_]?[A-Za-z0-9:._-]+$/.test(word) && /\d/.test(word),
  );
  const kept = ids.filter((id) => id.length <= ID_LENGTH_MAX);
  const advisory = kept.find(isCve) ?? kept[0] ?? null;
  return [advisory, kept];
}
