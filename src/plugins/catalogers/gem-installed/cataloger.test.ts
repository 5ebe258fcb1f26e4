import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { gemInstalled } from "./cataloger.ts";

const PATH = "usr/lib/ruby/gems/3.1.0/specifications/nokogiri-1.13.10.gemspec";
const read = (text: string, path = PATH): Reading =>
  gemInstalled.read({ path, bytes: utf8Bytes(text) });

test.each([
  ["usr/lib/ruby/gems/3.1.0/specifications/a-1.gemspec", true],
  ["usr/lib/ruby/gems/3.1.0/specifications/default/a-1.gemspec", true],
  ["app/vendor/bundle/ruby/3.1.0/specifications/a-1.gemspec", true],
  ["usr/share/rubygems-integration/all/specifications/a-1.gemspec", true],
  ["usr/lib/ruby/gems/3.1.0/gems/a-1/a.gemspec", false],
  ["usr/lib/ruby/gems/3.1.0/bundler/gems/a-0123/a.gemspec", false],
  ["a.gemspec", false],
])("%s is ours: %j", (path, wanted) => {
  expect(gemInstalled.wants.test?.(path)).toBe(wanted);
});

/** As RubyGems 3.3 writes it; shortened. */
const NOKOGIRI = `# -*- encoding: utf-8 -*-
# stub: nokogiri 1.13.10 x86_64-linux lib\0ext
# stub: ext/nokogiri/extconf.rb

Gem::Specification.new do |s|
  s.name = "nokogiri".freeze
  s.version = "1.13.10"
  s.platform = "x86_64-linux".freeze
  s.authors = ["A \\"B\\" C".freeze, "s.version = 9".freeze]
  s.licenses = ["MIT".freeze, "Ruby".freeze]
  s.rubygems_version = "3.3.15".freeze

  if s.respond_to? :add_runtime_dependency then
    s.add_runtime_dependency(%q<mini_portile2>.freeze, ["~> 2.8.0"])
    s.add_runtime_dependency(%q<racc>.freeze, ["~> 1.4"])
    s.add_development_dependency(%q<minitest>.freeze, ["~> 5.15"])
  else
    s.add_dependency(%q<racc>.freeze, ["~> 1.4"])
  end
end
`;

test("reads what RubyGems writes", () => {
  expect(read(NOKOGIRI)).toEqual({
    packages: [
      {
        type: "gem",
        name: "nokogiri",
        version: "1.13.10",
        licenses: ["MIT", "Ruby"],
        dependsOn: ["mini_portile2", "racc"],
      },
    ],
    problems: [],
  });
});

test.each<[string, string, string, string]>([
  ["without the comment", "s.name = %q{rake}\ns.version = '10.4.2'", "x.gemspec", "rake 10.4.2"],
  ["with a version object", 's.name = "a"\ns.version = Gem::Version.new("1.2")', "x", "a 1.2"],
  ["with the extensions' comment alone", '# stub: ext/a.rb\ns.name="a"\ns.version="1"', "x", "a 1"],
  [
    "that must be evaluated",
    "s.name = NAME\ns.version = A::VERSION",
    "a-b-1.2.3.gemspec",
    "a-b 1.2.3",
  ],
  ["with a platform", "#", "grpc-1.50.0-x86_64-linux.gemspec", "grpc 1.50.0"],
  ["of a version before release", "# stub: a 2.0.0.rc1 ruby lib", "x", "a 2.0.0.rc1"],
])("a specification %s", (_, text, file, wanted) => {
  const { packages, problems } = read(text, `specifications/${file}`);
  expect([packages.map((p) => `${p.name} ${p.version}`), problems]).toEqual([[wanted], []]);
});

test("an old single licence counts", () => {
  expect(read('# stub: a 1 ruby lib\ns.license = "MIT"').packages[0]?.licenses).toEqual(["MIT"]);
});

test("damage is said, and an empty file is none", () => {
  expect(read("\u0000\u0001", "specifications/a.gemspec")).toEqual({
    packages: [],
    problems: [
      {
        code: "file-damaged",
        detail: "the specification has no name and version that can be read",
      },
    ],
  });
  expect(read("")).toEqual({ packages: [], problems: [] });
});

test("open quotes take no quadratic time", () => {
  const line = `s.name = ${'\\"'.repeat(1_900)}\n`;
  const before = performance.now();
  read(line.repeat(4_000), "specifications/a-1.gemspec");
  expect(performance.now() - before).toBeLessThan(3_000);
});
