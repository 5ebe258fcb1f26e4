import fc from "fast-check";
import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { VisibleReading } from "../../../stages/catalog/contract.ts";
import { unlockedManifest } from "./cataloger.ts";

function readingOf(path: string, text: string): VisibleReading {
  return { path, reading: unlockedManifest.read({ path, bytes: utf8Bytes(text) }) };
}

/** Paths of the files that are named. */
function named(files: Readonly<Record<string, string>>): string[] {
  const readings = Object.entries(files).map(([path, text]) => readingOf(path, text));
  const joined = unlockedManifest.join?.(readings) ?? [];
  return joined.filter(({ reading }) => reading.problems.length > 0).map(({ path }) => path);
}

test.each([
  ["package.json", '{"dependencies": {"a": "1"}}', '{"devDependencies": {"a": "1"}}'],
  ["package.json", '{"optionalDependencies": {"a": "1"}}', "{"],
  ["composer.json", '{"require": {"a/b": "1"}}', '{"require": {"php": ">=8", "ext-json": "*"}}'],
  ["pyproject.toml", '[project]\ndependencies = [\n  "a",\n]\n', "[project]\ndependencies = []\n"],
  [
    "pyproject.toml",
    '[tool.poetry.dependencies]\npython = "^3"\na = "1"\n',
    '[tool.poetry.dependencies]\npython = "^3"\n[tool.x]\na = 1\n',
  ],
  [
    "setup.py",
    "setup(\n    install_requires=['a'],\n)\n",
    "setup(name='a', install_requires=[])\n",
  ],
  ["setup.py", "setup(name='a', install_requires=read('x'))\n", "from setuptools import setup\n"],
  ["setup.cfg", "[options]\ninstall_requires =\n    a>=1\n", "[metadata]\nname = a\n"],
  [
    "environment.yml",
    "name: x\ndependencies:\n  - python=3.12\n  - numpy\n",
    "name: x\ndependencies:\n  - python=3.12\n  - pip\n",
  ],
  ["Pipfile", '[packages]\na = "*"\n', '[packages]\n[dev-packages]\na = "*"\n'],
  ["Cargo.toml", '[dependencies]\na = "1"\n', '[dependencies]\n\n[dev-dependencies]\na = "1"\n'],
  ["Cargo.toml", '[dependencies.a]\nversion = "1"\n', '[package]\nname = "a"\n'],
  ["Cargo.toml", "[target.'cfg(unix)'.dependencies]\na = \"1\"\n", ""],
  ["Gemfile", 'source "x"\n  gem "a"\n', '# gem "a"\ngemspec\n'],
  ["build.gradle.kts", 'dependencies {\n  implementation("a:b:1")\n}\n', "plugins { java }\n"],
  [
    "build.gradle",
    "dependencies { implementation 'a:b:1' }",
    'dependencies {\n  implementation project(":a")\n}\n',
  ],
  ["mix.exs", '[\n  {:a, "~> 1.0"},\n]\n', "defp deps, do: []\n"],
  ["build.sbt", 'libraryDependencies += "a" %% "b" % "1"\n', 'name := "a"\n'],
  ["pubspec.yaml", "name: a\ndependencies:\n  b: 1\n", "name: a\n"],
])("%s is named when it asks for something and nothing locks it", (name, asking, idle) => {
  expect([named({ [name]: asking }), named({ [name]: idle })]).toEqual([[name], []]);
});

const ASKING = '{"dependencies": {"a": "1"}}';

test("a lock file holds for its folder and those below, and for its own tools", () => {
  expect(
    named({
      "package.json": ASKING,
      "packages/a/package.json": ASKING,
      "Cargo.toml": '[dependencies]\na = "1"\n',
      "pnpm-lock.yaml": "",
    }),
  ).toEqual(["Cargo.toml"]);
  expect(named({ "a/package.json": ASKING, "b/yarn.lock": "" })).toEqual(["a/package.json"]);
});

test("many are counted", () => {
  const readings = Array.from({ length: 25 }, (_, i) => readingOf(`${i}/package.json`, ASKING));
  const problems = (unlockedManifest.join?.(readings) ?? []).flatMap((r) => r.reading.problems);
  expect([problems.length, problems.at(-1)?.detail]).toEqual([
    20,
    "it says what is needed, and no lock file that is read says which versions; 5 more files do the same",
  ]);
});

test("never throws on any bytes", () => {
  const names = unlockedManifest.wants.names ?? [];
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.uint8Array(), (path, bytes) => {
      expect(unlockedManifest.read({ path, bytes }).problems).toEqual([]);
    }),
  );
});
