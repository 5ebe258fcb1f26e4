// A lock file of any length for every cataloger that reads one, as their programs write them.

/** One sample: where it lies, and its text with `n` packages. */
export interface LockSample {
  readonly cataloger: string;
  readonly path: string;
  text(n: number): string;
}

const HASH = "a".repeat(64);

const each = (n: number, entry: (i: number, next: number) => string): string =>
  Array.from({ length: n }, (_, i) => entry(i, (i + 1) % n)).join("");

const members = (
  n: number,
  entry: (i: number, next: number) => readonly [string, unknown],
): object => Object.fromEntries(Array.from({ length: n }, (_, i) => entry(i, (i + 1) % n)));

const json = (value: unknown): string => JSON.stringify(value, null, 2);

const npmFolders = (n: number): string =>
  json({
    lockfileVersion: 3,
    packages: members(n, (i, next) => [
      `node_modules/p${i}`,
      { version: `1.0.${i}`, integrity: HASH, dependencies: { [`p${next}`]: "^1" } },
    ]),
  });

const npmTree = (n: number): string =>
  json({
    lockfileVersion: 1,
    dependencies: members(n, (i, next) => [
      `p${i}`,
      { version: `1.0.${i}`, integrity: HASH, requires: { [`p${next}`]: "^1" } },
    ]),
  });

const yarnClassic = (n: number): string =>
  `# yarn lockfile v1\n\n\n${each(
    n,
    (i, next) =>
      `p${i}@^1.0.0, p${i}@^1.0.1:\n  version "1.0.${i}"\n  integrity ${HASH}\n` +
      `  dependencies:\n    p${next} "^1.0.0"\n\n`,
  )}`;

const yarnBerry = (n: number): string =>
  `__metadata:\n  version: 8\n\n${each(
    n,
    (i, next) =>
      `"p${i}@npm:^1.0.0":\n  version: 1.0.${i}\n  resolution: "p${i}@npm:1.0.${i}"\n` +
      `  dependencies:\n    p${next}: "npm:^1.0.0"\n  checksum: ${HASH}\n  linkType: hard\n\n`,
  )}`;

const pnpm = (n: number): string =>
  `lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      p0:\n        specifier: ^1\n        version: 1.0.0\n\npackages:\n\n${each(
    n,
    (i) =>
      `  p${i}@1.0.${i}:\n    resolution: {integrity: ${HASH}}\n    engines: {node: '>=6'}\n\n`,
  )}snapshots:\n\n${each(
    n,
    (i, next) => `  p${i}@1.0.${i}:\n    dependencies:\n      p${next}: 1.0.${next}\n\n`,
  )}`;

const bun = (n: number): string =>
  `{\n  "lockfileVersion": 1,\n  "workspaces": { "": { "dependencies": { "p0": "^1" } } },\n  "packages": {\n${each(
    n,
    (i, next) =>
      `    "p${i}": ["p${i}@1.0.${i}", "", { "dependencies": { "p${next}": "^1" } }, "${HASH}"],\n\n`,
  )}  }\n}\n`;

const requirements = (n: number): string =>
  each(n, (i) => `p${i}==1.0.${i} ; python_version >= "3" \\\n    --hash=sha256:${HASH}\n`);

const toml = (n: number, array: string, more: (i: number, next: number) => string): string =>
  each(n, (i, next) => `[[${array}]]\nname = "p${i}"\nversion = "1.0.${i}"\n${more(i, next)}\n`);

const FILES = `files = [\n    {file = "a.whl", hash = "sha256:${HASH}"},\n]\n`;

const maven = (n: number): string =>
  `<project>\n<groupId>g</groupId><artifactId>a</artifactId>\n<dependencies>\n${each(
    n,
    (i) =>
      `<dependency>\n<groupId>g</groupId>\n<artifactId>p${i}</artifactId>\n<version>1.0.${i}</version>\n</dependency>\n`,
  )}</dependencies>\n</project>\n`;

const nugetProject = (n: number): string =>
  `<Project>\n<ItemGroup>\n${each(
    n,
    (i) => `<PackageReference Include="p${i}" Version="1.0.${i}" />\n`,
  )}</ItemGroup>\n</Project>\n`;

const nugetConfig = (n: number): string =>
  `<packages>\n${each(n, (i) => `<package id="p${i}" version="1.0.${i}" />\n`)}</packages>\n`;

const nugetLock = (n: number): string =>
  json({
    version: 1,
    dependencies: {
      net8: members(n, (i, next) => [
        `p${i}`,
        { type: "Direct", resolved: `1.0.${i}`, dependencies: { [`p${next}`]: "1" } },
      ]),
    },
  });

const composer = (n: number): string =>
  json({
    packages: Array.from({ length: n }, (_, i) => ({
      name: `v/p${i}`,
      version: `v1.0.${i}`,
      license: ["MIT"],
    })),
  });

const mix = (n: number): string =>
  `%{\n${each(
    n,
    (i, next) =>
      `  "p${i}": {:hex, :p${i}, "1.0.${i}", "${HASH}", [:mix], ` +
      `[{:p${next}, "~> 1.0", [hex: :p${next}, optional: false]}], "hexpm", "${HASH}"},\n`,
  )}}\n`;

const pub = (n: number): string =>
  `packages:\n${each(
    n,
    (i) =>
      `  p${i}:\n    dependency: transitive\n    description:\n      name: p${i}\n` +
      `    source: hosted\n    version: "1.0.${i}"\n`,
  )}`;

const sample = (cataloger: string, path: string, text: (n: number) => string): LockSample => ({
  cataloger,
  path,
  text,
});

export const LOCK_SAMPLES: readonly LockSample[] = [
  sample("bun-lock", "bun.lock", bun),
  sample("cargo-lock", "Cargo.lock", (n) =>
    toml(
      n,
      "package",
      (_, next) => `source = "registry+https://x"\ndependencies = [\n "p${next}",\n]\n`,
    ),
  ),
  sample("composer-lock", "composer.lock", composer),
  sample(
    "gemfile-lock",
    "Gemfile.lock",
    (n) =>
      `GEM\n  specs:\n${each(n, (i, next) => `    p${i} (1.0.${i})\n      p${next} (>= 1)\n`)}`,
  ),
  sample(
    "go-mod",
    "go.mod",
    (n) =>
      `module x\n\ngo 1.21\n\nrequire (\n${each(n, (i) => `\tx.io/p${i} v1.0.${i}\n`)})\nreplace (\n${each(
        n,
        (i) => `\tx.io/p${i} => y.io/p${i} v1.0.${i}\n`,
      )})\n`,
  ),
  sample("gradle-lock", "gradle.lockfile", (n) =>
    each(n, (i) => `g:p${i}:1.0.${i}=compileClasspath\n`),
  ),
  sample("maven-pom", "pom.xml", maven),
  sample("mix-lock", "mix.lock", mix),
  sample("npm-lock", "package-lock.json", npmFolders),
  sample("npm-lock", "npm-shrinkwrap.json", npmTree),
  sample("nuget-lock", "packages.lock.json", nugetLock),
  sample("nuget-lock", "packages.config", nugetConfig),
  sample("nuget-project", "x.csproj", nugetProject),
  sample("pdm-lock", "pdm.lock", (n) =>
    toml(n, "package", (_, next) => `dependencies = ["p${next}>=1"]\n${FILES}`),
  ),
  sample("pip-requirements", "requirements.txt", requirements),
  sample("pipenv-lock", "Pipfile.lock", (n) =>
    json({ default: members(n, (i) => [`p${i}`, { hashes: [HASH], version: `==1.0.${i}` }]) }),
  ),
  sample("pnpm-lock", "pnpm-lock.yaml", pnpm),
  sample("poetry-lock", "poetry.lock", (n) =>
    toml(n, "package", (_, next) => `${FILES}\n[package.dependencies]\np${next} = ">1"\n`),
  ),
  sample("pub-lock", "pubspec.lock", pub),
  sample("pylock", "pylock.toml", (n) =>
    toml(n, "packages", () => `[[packages.wheels]]\nname = "x.whl"\n`),
  ),
  sample("sbt-lock", "build.sbt.lock", (n) =>
    json({
      dependencies: Array.from({ length: n }, (_, i) => ({
        org: "g",
        name: `p${i}`,
        version: `1.0.${i}`,
        configurations: ["compile"],
      })),
    }),
  ),
  sample("uv-lock", "uv.lock", (n) =>
    toml(
      n,
      "package",
      (_, next) => `source = { registry = "x" }\ndependencies = [\n    { name = "p${next}" },\n]\n`,
    ),
  ),
  sample("yarn-lock", "yarn.lock", yarnClassic),
  sample("yarn-lock", "berry/yarn.lock", yarnBerry),
];
