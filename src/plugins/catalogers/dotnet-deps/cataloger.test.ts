import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { dotnetDeps } from "./cataloger.ts";

const read = (path: string, value: unknown): Reading =>
  dotnetDeps.read({
    path,
    bytes: utf8Bytes(typeof value === "string" ? value : JSON.stringify(value)),
  });

test.each([
  ["app/App.deps.json", true],
  ["app/App.runtimeconfig.json", true],
  ["app/App.runtimeconfig.dev.json", false],
  ["app/deps.json", false],
  ["app/package.json", false],
])("%s is ours: %j", (path, wanted) => {
  expect(dotnetDeps.wants.test?.(path)).toBe(wanted);
});

/** As `dotnet publish` writes it, for an application that brings its runtime along. */
const APP = {
  runtimeTarget: { name: ".NETCoreApp,Version=v8.0/linux-x64", signature: "" },
  targets: {
    ".NETCoreApp,Version=v8.0": {},
    ".NETCoreApp,Version=v8.0/linux-x64": {
      "App/1.0.0": { dependencies: { "Newtonsoft.Json": "12.0.1" }, runtime: { "App.dll": {} } },
      "Newtonsoft.Json/12.0.1": {
        dependencies: { "System.Net.Http": "4.3.0" },
        runtime: { "lib/netstandard2.0/Newtonsoft.Json.dll": {} },
      },
      "System.Net.Http/4.3.0": { dependencies: { "System.Runtime": "4.3.0" } },
      "SQLite.Native/3.40.0": { native: { "runtimes/linux-x64/native/sqlite.so": {} } },
      "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1": {
        runtime: { "System.dll": {} },
      },
    },
  },
  libraries: {
    "App/1.0.0": { type: "project", serviceable: false },
    "Newtonsoft.Json/12.0.1": { type: "package", serviceable: true },
    "System.Net.Http/4.3.0": { type: "package" },
    "SQLite.Native/3.40.0": { type: "package" },
    "Not.InTarget/1.0.0": { type: "Package" },
    "Some.Reference/1.0.0": { type: "reference" },
    "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1": { type: "runtimepack" },
  },
};

test("reports packages that have files, and runtime packs", () => {
  expect(read("app/App.deps.json", APP)).toEqual({
    packages: [
      {
        type: "nuget",
        name: "Newtonsoft.Json",
        version: "12.0.1",
        dependsOn: ["System.Net.Http"],
      },
      { type: "nuget", name: "SQLite.Native", version: "3.40.0" },
      { type: "nuget", name: "Not.InTarget", version: "1.0.0" },
      { type: "nuget", name: "Microsoft.NETCore.App.Runtime.linux-x64", version: "8.0.1" },
    ],
    problems: [],
  });
});

test("a shared framework is known by its folder", () => {
  const path =
    "usr/share/dotnet/shared/Microsoft.NETCore.App/6.0.5/Microsoft.NETCore.App.deps.json";
  const key = "Microsoft.NETCore.App.Runtime.linux-x64/6.0.5";
  const framework = {
    targets: { ".NETCoreApp,Version=v6.0/linux-x64": { [key]: { runtime: { "System.dll": {} } } } },
    libraries: { [key]: { type: "package" } },
  };
  expect(read(path, framework).packages).toEqual([
    { type: "nuget", name: "Microsoft.NETCore.App.Runtime.linux-x64", version: "6.0.5" },
    { type: "nuget", name: "Microsoft.NETCore.App", version: "6.0.5" },
  ]);
});

test("frameworks that are brought along count, those asked for do not", () => {
  const framework = { name: "Microsoft.NETCore.App", version: "8.0.1" };
  const path = "app/App.runtimeconfig.json";
  expect(read(path, { runtimeOptions: { includedFrameworks: [framework] } }).packages).toEqual([
    { type: "nuget", ...framework },
  ]);
  expect(read(path, { runtimeOptions: { framework, frameworks: [framework] } }).packages).toEqual(
    [],
  );
});

test.each<[string, unknown]>([
  ["an empty object", {}],
  ["an empty file", ""],
  ["libraries of another form", { libraries: [], targets: 7 }],
  ["names without versions", { libraries: { "A/": { type: "package" }, B: { type: "package" } } }],
])("reads nothing from %s", (_, value) => {
  expect(read("a.deps.json", value)).toEqual({ packages: [], problems: [] });
});

test.each(["{", "[]", "7"])("damage: %j", (text) => {
  expect(read("a.deps.json", text).problems).toEqual([
    { code: "file-damaged", detail: "it is not a JSON object" },
  ]);
});
