import type { SecretGroup } from "../../../stages/secrets/contract.ts";
import { crcBase62, macaroon, textInside } from "../shared/checks.ts";
import { named, token } from "../shared/rows.ts";

export const packages: SecretGroup = {
  id: "packages",
  title: "Registries of packages and images",
  needs: [],
  state: "trial",
  kinds: [
    token(["npm-token", "npm access token", "npm_<base62:36>"], { at: "npm", severity: "critical", check: crcBase62("_") }),
    named(["npm-legacy-token", "npm access token (old form)", ["<uuid>", "NpmToken.<uuid>"]], { at: "the npm registry", words: ["_authtoken", "_authToken", "npm_token", "npm-token"], isWhole: true }),
    named(["npm-basic-auth", "password of an npm registry", "<base64:20-200><equals:0-2>"], {
      at: "the npm registry",
      words: ["_auth", "_password"],
      isExact: true,
      isPassword: true,
      check: textInside,
    }),
    token(["pypi-token", "PyPI API token", "pypi-AgEIcHlwaS5vcmc<base64url:80-1000>"], { at: "PyPI", severity: "critical", check: macaroon }),
    token(["pypi-test-token", "TestPyPI API token", "pypi-AgENdGVzdC5weXBpLm9yZw<base64url:80-1000>"], { at: "TestPyPI", severity: "low", check: macaroon }),
    token(["rubygems-key", "RubyGems API key", "rubygems_<hex:48>"], { at: "RubyGems", severity: "critical" }),
    token(["crates-token", "crates.io API token", "cio<base62:32>"], { at: "crates.io", severity: "critical" }),
    token(["nuget-key", "NuGet API key", "oy2<base36:43>"], { at: "NuGet", severity: "critical" }),
    token(["clojars-token", "Clojars deploy token", "CLOJARS_<base36:60>"], { at: "Clojars" }),
    token(["packagist-token", "Private Packagist token", ["packagist_ort_<hex:68>", "packagist_uut_<hex:68>", "packagist_out_<hex:68>"]], { at: "Packagist" }),
    token(["dockerhub-token", "Docker Hub access token", ["dckr_pat_<base64url:27>", "dckr_oat_<base64url:32>"]], { at: "Docker Hub", severity: "critical" }),
    token(["artifactory-key", "Artifactory API key", "AKCp<base62:69>"], { at: "Artifactory" }),
    token(["artifactory-reference-token", "Artifactory reference token", "cmVmd<base62:59>"], { at: "Artifactory" }),
    named(["cloudsmith-key", "Cloudsmith API key", "<hex:40>"], { at: "Cloudsmith", words: ["cloudsmith"] }),
    named(["bintray-key", "Bintray API key", "<hex:40>"], { at: "JFrog", words: ["bintray"] }),
    named(["gemfury-token", "Gemfury token", "<base62:20>"], { at: "Gemfury", words: ["gemfury", "fury"] }),
    named(["sidekiq-secret", "Sidekiq Pro or Enterprise login", "<hex:8>:<hex:8>"], {
      at: "Contributed Systems",
      severity: "medium",
      words: ["bundle_gems__contribsys__com", "bundle_enterprise__contribsys__com"],
      isWhole: true,
    }),
    named(["hexpm-key", "Hex API key", "<hex:32>"], { at: "Hex", words: ["hex_api"] }),
    named(["codeartifact-token", "AWS CodeArtifact token", "eyJ<dotted:400-1500>"], { at: "AWS", severity: "medium", words: ["codeartifact"] }),
  ],
};
