// Specifications as RubyGems writes them when it installs: Ruby, but always of one shape, so that lines can be read without
// running anything. Source: Gem::Specification#to_ruby_for_cache, and Gem::StubSpecification for the comment at the top.

const LINES_MAX = 5_000;
const LINE_LENGTH_MAX = 4_000;
const DEPENDENCIES_MAX = 2_000;
const CODE_LENGTH_MAX = 500;

export interface Gemspec {
  /** Empty when nothing told. */
  readonly name: string;
  readonly version: string;
  readonly licenses: readonly string[];
  /** What it needs to run. */
  readonly dependencies: readonly string[];
}

/** Reads a specification; never throws. What the text does not tell is taken from the file's name. */
export function parseGemspec(text: string, fileName: string): Gemspec {
  const lines = new Lines();
  let start = 0;
  for (let count = 0; start < text.length && count < LINES_MAX; count += 1) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    lines.line(text.slice(start, Math.min(end, start + LINE_LENGTH_MAX)).trim());
    start = end + 1;
  }
  const named = ofFileName(fileName);
  return {
    name: lines.name || named.name,
    version: lines.version || named.version,
    licenses: lines.licenses,
    dependencies: lines.dependencies,
  };
}

class Lines {
  name = "";
  version = "";
  licenses: string[] = [];
  readonly dependencies: string[] = [];

  line(line: string): void {
    if (line.startsWith("# stub: ")) this.#stub(line.slice("# stub: ".length));
    else if (line !== "" && !line.startsWith("#")) this.#statement(line);
  }

  /** `name version platform paths`. A second such line, of extensions, comes later and has no version. */
  #stub(text: string): void {
    const [name = "", version = "", platform = ""] = text.split(" ");
    if (this.name !== "" || platform === "" || !isVersion(version)) return;
    this.name = name;
    this.version = version;
  }

  #statement(line: string): void {
    const assignment = /^\w+\.(name|version|licenses?)\s*=(?!=)(.*)$/.exec(line);
    if (assignment !== null) this.#assign(assignment[1] ?? "", literals(assignment[2] ?? ""));
    const dependency = /^\w+\.add_(?:runtime_)?dependency\b(.*)$/.exec(line);
    const [needed] = dependency === null ? [] : literals(dependency[1] ?? "");
    if (needed !== undefined && this.dependencies.length < DEPENDENCIES_MAX)
      this.dependencies.push(needed);
  }

  #assign(property: string, values: readonly string[]): void {
    const [first = ""] = values;
    if (property === "name") this.name ||= first;
    else if (property === "version") this.version ||= isVersion(first) ? first : "";
    else if (this.licenses.length === 0) this.licenses = [...values];
  }
}

/** Texts in a line of Ruby: `"a"`, `'a'`, `%q<a>`, `%q{a}`. Only its beginning: open quotes make the search start over and over. */
function literals(code: string): string[] {
  const found = code
    .slice(0, CODE_LENGTH_MAX)
    .matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|%[qQ]?(?:<([^>]*)>|\{([^}]*)\}|\(([^)]*)\))/g);
  return [...found].map((match) => match.slice(1).find((text) => text !== undefined) ?? "");
}

/** @see Gem::Version::VERSION_PATTERN */
function isVersion(text: string): boolean {
  return /^\d[0-9A-Za-z.-]*$/.test(text) && text.length <= 100;
}

/** `nokogiri-1.13.9-x86_64-linux.gemspec`: what follows the first dash before a digit is the version, up to the platform. */
function ofFileName(fileName: string): { name: string; version: string } {
  const stem = fileName.slice(0, 300).replace(/\.gemspec$/, "");
  const at = /-\d/.exec(stem)?.index ?? -1;
  if (at <= 0) return { name: "", version: "" };
  const version = stem.slice(at + 1).split("-", 1)[0] ?? "";
  return { name: stem.slice(0, at), version };
}
