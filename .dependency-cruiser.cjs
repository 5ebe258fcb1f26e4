// Who may import whom (ARCHITECTURE.md). A rule's name is what a newcomer reads when the build is red, its comment is the
// reason. `tools/selftest/layers.test.ts` holds one violation per rule: a rule that is added here is added there.

const TESTS = "\\.test\\.ts$|/test-support/";

/** npm packages, by the part of src/ that may import them. Each is explained in ARCHITECTURE.md. */
const PACKAGES = {
  formats: ["fzstd", "smol-toml", "unbash", "yaml"],
  io: ["@noble/ciphers", "@noble/curves", "@sigstore/bundle", "@sigstore/verify", "fzstd", "koffi"],
};

/** What tests beside the code may import on top. */
const TEST_PACKAGES = ["@sigstore/mock", "ajv", "fast-check", "vitest"];

/** Parts that are compiled without Node's types: the same answer on every machine. */
const PURE = "^src/(kit|model|stages|plugins)/";

const NPM = ["npm", "npm-dev", "npm-optional", "npm-peer", "npm-no-pkg", "npm-unknown", "npm-bundled"];

/** A package may lie in our node_modules or in that of another package. */
const packages = (names) => `(^|/)node_modules/(@types/)?(${names.join("|")})/`;

/** Files under `from` may import files of ours only if `allowed` fits. */
const only = (name, from, allowed, comment) => ({
  name,
  severity: "error",
  comment,
  from: { path: from, pathNot: TESTS },
  to: { path: "^src/", pathNot: allowed },
});

/** Files under `from` may import npm packages only from a list. */
const onlyPackages = (name, from, names, comment) => ({
  name,
  severity: "error",
  comment,
  from,
  to: {
    dependencyTypes: NPM,
    ...(names.length > 0 ? { pathNot: packages(names) } : {}),
  },
});

const forbidden = [
  {
    name: "no-cycles",
    severity: "error",
    comment: "two modules that need each other are one module, or hide a third",
    from: {},
    to: { circular: true },
  },
  {
    name: "no-orphans",
    severity: "error",
    comment: "a module that imports nothing and is imported by nothing is dead",
    from: { orphan: true, pathNot: "\\.d\\.ts$|\\.test(-d)?\\.ts$" },
    to: {},
  },
  {
    name: "nothing-unresolved",
    severity: "error",
    comment: "an import that leads nowhere would escape every other rule",
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: "nothing-outside-src",
    severity: "error",
    comment: "the product does not lean on tests, tools or benches",
    from: { path: "^src/", pathNot: TESTS },
    to: { path: "^(test|tools|bench|bin|deploy|docs|dist)/" },
  },
  {
    name: "tests-stay-tests",
    severity: "error",
    comment: "a test is imported by nobody, support of tests only by tests",
    from: { path: "^src/", pathNot: TESTS },
    to: { path: TESTS },
  },
  only("kit-is-alone", "^src/kit/", "^src/kit/", "kit knows no word of our domain"),
  only("model-is-pure", "^src/model/", "^src/(model|kit)/", "a noun is explained by nouns only"),
  only(
    "formats-know-no-verbs",
    "^src/formats/",
    "^src/(formats|kit)/|^src/model/",
    "other people's formats are read and written without knowing what for",
  ),
  {
    name: "formats-see-model-types-only",
    severity: "error",
    comment: "a format may name our nouns, but not compute with them",
    from: { path: "^src/formats/", pathNot: TESTS },
    to: { path: "^src/model/", dependencyTypesNot: ["type-only"] },
  },
  only(
    "stages-do-not-meet",
    "^src/stages/([^/]+)/",
    "^src/(model|kit|formats)/|^src/stages/$1/",
    "a stage never calls another stage; app/ composes",
  ),
  {
    name: "stages-see-format-types-only",
    severity: "error",
    comment: "a stage is handed what was parsed; parsing is the caller's",
    from: { path: "^src/stages/", pathNot: TESTS },
    to: { path: "^src/formats/", dependencyTypesNot: ["type-only"] },
  },
  only(
    "plugins-are-leaves",
    "^src/plugins/([^/]+)/([^/]+)/",
    "^src/(model|kit|formats)/|^src/stages/[^/]+/contract\\.ts$|^src/plugins/$1/($2|shared)/",
    "a plugin sees its stage's contract and itself, never a sibling",
  ),
  only(
    "lists-only-list",
    "^src/plugins/[^/]+/index\\.ts$",
    "^src/stages/[^/]+/contract\\.ts$|^src/plugins/([^/]+)/([^/]+)/",
    "the list of a family holds its plugins and nothing else",
  ),
  only(
    "io-does-not-judge",
    "^src/io/",
    "^src/(io|formats|model|kit)/|^src/stages/[^/]+/contract\\.ts$",
    "io fetches and stores; what it means is decided elsewhere",
  ),
  only(
    "app-has-no-face",
    "^src/app/",
    "^src/(app|io|plugins|stages|formats|model|kit)/",
    "a use case does not know who asked",
  ),
  {
    name: "faces-do-not-meet",
    severity: "error",
    comment: "command line, server and browser share app/, not each other",
    from: { path: "^src/(cli|server|web)/", pathNot: TESTS },
    to: { path: "^src/(cli|server|web)/", pathNot: "^src/$1/|^src/server/contract\\.ts$" },
  },
  {
    name: "faces-hold-no-rules",
    severity: "error",
    comment: "a face asks app/; it runs no stage, reads no format and opens nothing itself",
    from: { path: "^src/(cli|server)/", pathNot: TESTS },
    to: { path: "^src/(stages|plugins|formats|io)/", dependencyTypesNot: ["type-only"] },
  },
  only(
    "web-sees-types-only",
    "^src/web/",
    "^src/(web|model)/|^src/server/contract\\.ts$",
    "what the browser needs to know of us is said by the server's contract",
  ),
  {
    name: "verify-stays-light",
    severity: "error",
    comment: "who only verifies must not load, even through others, what can do more",
    from: { path: "^src/verify\\.ts$" },
    to: { path: "^src/(app|cli|server|web)/|^src/io/(?!crypto\\.ts$)", reachable: true },
  },
  {
    name: "pure-parts-know-no-node",
    severity: "error",
    comment: "pure parts answer the same on every machine, at every time",
    from: { path: PURE, pathNot: TESTS },
    to: { dependencyTypes: ["core"] },
  },
  {
    name: "formats-know-bytes-only",
    severity: "error",
    comment: "a format is a function of bytes; of Node it may use zlib and Buffer (docs/decisions/0003)",
    from: { path: "^src/formats/", pathNot: TESTS },
    to: { dependencyTypes: ["core"], pathNot: "^(node:)?(zlib|buffer)$" },
  },
  {
    name: "only-io-touches-the-world",
    severity: "error",
    comment: "files, network, processes, time and chance have one door each, and the doors are in io/",
    from: { path: "^src/", pathNot: `^src/(io|formats)/|${PURE}|${TESTS}` },
    to: { dependencyTypes: ["core"], pathNot: "^(node:)?(assert|buffer|path|url|util)(/|$)" },
  },
  {
    name: "one-door-to-processes",
    severity: "error",
    comment: "io/process.ts alone starts other programs, so that limits and redaction stand in one place",
    from: { path: "^src/io/", pathNot: `^src/io/process(\\.ts$|/)|${TESTS}` },
    to: { dependencyTypes: ["core"], path: "^(node:)?(child_process|cluster)$" },
  },
  {
    name: "one-door-to-the-network",
    severity: "error",
    comment: "io/http alone opens connections, so that proxies, time limits and redaction stand in one place",
    from: { path: "^src/io/", pathNot: `^src/io/http(\\.ts$|/)|${TESTS}` },
    to: { dependencyTypes: ["core"], path: "^(node:)?(https?|http2|net|tls|dgram|dns)(/|$)" },
  },
  onlyPackages(
    "packages-by-list",
    { path: "^src/", pathNot: `^src/(formats|io)/|${TESTS}` },
    [],
    "this part uses no npm package",
  ),
  onlyPackages(
    "format-packages-by-list",
    { path: "^src/formats/", pathNot: TESTS },
    PACKAGES.formats,
    "a new package in formats/ needs a line in this file and a reason in ARCHITECTURE.md",
  ),
  onlyPackages(
    "io-packages-by-list",
    { path: "^src/io/", pathNot: TESTS },
    PACKAGES.io,
    "a new package in io/ needs a line in this file and a reason in ARCHITECTURE.md",
  ),
  onlyPackages(
    "test-packages-by-list",
    { path: `^src/.*(${TESTS})` },
    [...TEST_PACKAGES, ...PACKAGES.formats, ...PACKAGES.io],
    "tests use few tools too",
  ),
];

module.exports = {
  forbidden,
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      extensions: [".ts", ".js"],
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "types", "default"],
    },
  },
};
