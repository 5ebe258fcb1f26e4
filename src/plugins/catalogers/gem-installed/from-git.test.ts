import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import { gemInstalled } from "./cataloger.ts";

const ROOT = "usr/local/bundle/bundler/gems";

/** What is said of these files of a repository, as an image would have them. */
function said(files: Readonly<Record<string, string>>): string[] {
  const readings = Object.entries(files)
    .map(([name, text]) => ({ path: `${ROOT}/${name}`, text }))
    .filter(({ path }) => gemInstalled.wants.test?.(path) === true)
    .map(({ path, text }) => ({
      path,
      reading: gemInstalled.read({ path, bytes: utf8Bytes(text) }),
    }));
  return (gemInstalled.join?.(readings) ?? []).flatMap(({ reading }) => [
    ...reading.packages.map((p) =>
      `${p.name} ${p.version} ${p.licenses?.join() ?? ""} ${p.dependsOn?.join() ?? ""}`.trim(),
    ),
    ...reading.problems.map((p) => `${p.code}: ${p.detail}`),
  ]);
}

// As `bundle gem` writes it.
const SPEC = `# frozen_string_literal: true

require_relative "lib/mail/form/version"

Gem::Specification.new do |spec|
  spec.name = "mail-form"
  spec.version = Mail::Form::VERSION
  spec.license = "MIT"
  spec.add_dependency "rack", "~> 3.0"
end
`;
const VERSION = 'module Mail\n  module Form\n    VERSION = "1.10.1".freeze\n  end\nend\n';

test("a gem from git has the version that its file of versions states", () => {
  const files = {
    "mail-form-0badcafe0bad/mail-form.gemspec": SPEC,
    "mail-form-0badcafe0bad/lib/mail/form/version.rb": VERSION,
    "mail-form-0badcafe0bad/lib/other/version.rb": 'VERSION = "9"\n',
  };
  expect(said(files)).toEqual(["mail-form 1.10.1 MIT rack"]);
});

test.each<[string, Readonly<Record<string, string>>, string[]]>([
  [
    "a version in the specification",
    { "a-0badcafe0bad/a.gemspec": 'Gem::Specification.new do |s|\n  s.version = "2.0"\nend\n' },
    ["a 2.0"],
  ],
  [
    "the only version, wherever it lies",
    {
      "a-0badcafe0bad/a.gemspec":
        "Gem::Specification.new do |s|\n  s.name = 'a'\n  s.version = X::VERSION\nend\n",
      "a-0badcafe0bad/lib/x/version.rb": "VERSION = '3.1'\n",
    },
    ["a 3.1"],
  ],
  [
    "each gem of a repository of several",
    {
      "rails-0badcafe0bad/activejob/activejob.gemspec": 's.version = "8.1.0"\n',
      "rails-0badcafe0bad/rails.gemspec": 's.version = "8.1.0"\n',
      "rails-0badcafe0bad/tools/sample.gemspec": 's.version = "1"\n',
      "rails-0badcafe0bad/activejob/test/x/x.gemspec": 's.version = "1"\n',
    },
    ["activejob 8.1.0", "rails 8.1.0"],
  ],
  [
    "a version that is computed, as a problem",
    {
      "a-0badcafe0bad/a.gemspec": "s.version = A::VERSION\n",
      "a-0badcafe0bad/lib/a/version.rb": 'VERSION = [MAJOR, MINOR].join(".")\n',
    },
    [
      'version-unreadable: "a" was taken from git, and its version is not stated in a way that can be read',
    ],
  ],
  ["nothing without a specification", { "a-0badcafe0bad/lib/a/version.rb": 'VERSION = "1"\n' }, []],
])("%s", (_, files, wanted) => {
  expect(said(files)).toEqual(wanted);
});

test("a version elsewhere is none of ours", () => {
  expect(gemInstalled.wants.test?.("app/lib/a/version.rb")).toBe(false);
});
