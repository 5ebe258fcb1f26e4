import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { nugetProject } from "./cataloger.ts";

const read = (text: string, path = "src/app/app.csproj"): Reading =>
  nugetProject.read({ path, bytes: utf8Bytes(text) });

const PROJECT = `<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><Shared>3.0.0</Shared></PropertyGroup>
  <ItemGroup>
    <PackageReference Include="A" Version="1.0.0" />
    <PackageReference Include="B"><Version>[2.0.0]</Version></PackageReference>
    <PackageReference Include="C" Version="$(Shared)" />
    <PackageReference Include="Central" />
    <PackageReference Include="Floating" Version="1.*" />
    <PackageReference Include="Tool" Version="5.0.0" PrivateAssets="all" />
    <ProjectReference Include="../other/other.csproj" />
  </ItemGroup>
</Project>
`;

const named = ({ packages }: Reading): string[] =>
  packages.map((p) => `${p.name} ${p.version} ${p.line ?? "-"}${p.development ? " dev" : ""}`);

test("reads references alone", () => {
  const reading = read(PROJECT);
  expect(named(reading)).toEqual(["A 1.0.0 4", "B 2.0.0 5", "C 3.0.0 6", "Tool 5.0.0 9 dev"]);
  expect(reading.problems.map((p) => p.detail)).toEqual([
    'line 7: "Central" has no version, which does not tell what is installed',
    'line 8: "Floating" has version "1.*", which does not tell what is installed',
  ]);
});

test("reads what is chosen, under whatever condition", () => {
  const item = (name: string): string =>
    `<ItemGroup><PackageReference Include="${name}" Version="$(V)" /></ItemGroup>`;
  const reading = read(
    `<Project><Choose><When Condition="x"><PropertyGroup><V>1.0</V></PropertyGroup>${item("A")}</When><Otherwise>${item("B")}</Otherwise></Choose></Project>`,
  );
  expect(named(reading)).toEqual(["A 1.0 1", "B 1.0 1"]);
});

test("takes central versions from the nearest file above", () => {
  const props = (version: string): string =>
    `<Project><ItemGroup><PackageVersion Include="central" Version="${version}" /><GlobalPackageReference Include="G" Version="6.0.0" /></ItemGroup></Project>`;
  const files: [string, string][] = [
    ["Directory.Packages.props", props("4.0.0")],
    ["src/Directory.Packages.props", props("4.1.0")],
    ["src/app/app.csproj", PROJECT],
  ];
  const joined = nugetProject.join?.(
    files.map(([path, text]) => ({ path, reading: read(text, path) })),
  );
  expect(joined?.map((r) => named(r.reading))).toEqual([
    [],
    [],
    ["A 1.0.0 4", "B 2.0.0 5", "C 3.0.0 6", "Central 4.1.0 7", "Tool 5.0.0 9 dev", "G 6.0.0 -"],
  ]);
});

test("says nothing where there is a lock file", () => {
  const joined = nugetProject.join?.([
    { path: "src/app/app.csproj", reading: read(PROJECT) },
    { path: "src/app/packages.lock.json", reading: read("{}", "src/app/packages.lock.json") },
  ]);
  expect(joined?.[0]?.reading).toEqual({ packages: [], problems: [] });
});

test("a central file without projects speaks for itself, with projects it does not", () => {
  const text = `<Project>
<PropertyGroup><V>1.0.0</V></PropertyGroup>
<ItemGroup>
<PackageVersion Include="A" Version="$(V)" />
<PackageReference Update="B" Version="2.0.0" />
</ItemGroup>
</Project>`;
  const paths = ["src/Directory.Packages.props", "src/a/a.csproj", "x/Packages.props"];
  const joined = nugetProject.join?.(
    paths.map((path) => ({
      path,
      reading: read(path.endsWith("props") ? text : "<Project></Project>", path),
    })),
  );
  expect(joined?.map((r) => named(r.reading))).toEqual([[], [], ["A 1.0.0 4", "B 2.0.0 5"]]);
});

test.each([
  ["Directory.Packages.props", true],
  ["src/Directory.Build.props", true],
  ["Packages.props", true],
  ["Common.packages.props", true],
  ["other.props", false],
  ["a.csproj", true],
])("asks for %s: %j", (path, wanted) => {
  expect(nugetProject.wants.test?.(path)).toBe(wanted);
});
