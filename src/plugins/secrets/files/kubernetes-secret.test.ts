import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { SecretReader } from "../../../stages/secrets/reader.ts";
import { SecretSearch } from "../../../stages/secrets/scan.ts";
import { secretGroups } from "../index.ts";
import { exampleOf } from "../shared/test-support/examples.ts";
import { kubernetesSecret } from "./kubernetes-secret.ts";

const kinds = secretGroups.flatMap((group) => group.kinds);
const search = new SecretSearch(kinds, [kubernetesSecret]);
const sha256 = (text: string): string => createHash("sha256").update(text, "latin1").digest("hex");

function hitsIn(text: string) {
  const reader = new SecretReader(search, { sha256, published: new Set() });
  reader.file("deploy.txt", Buffer.from(text));
  return reader.taken();
}

const made = (id: string, seed: number): string => {
  const kind = kinds.find((k) => k.id === id);
  return (kind && exampleOf(kind, seed)) ?? "";
};
const token = made("github-classic-token", 3);
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const logins = base64(
  JSON.stringify({
    auths: {
      "a.corp.net": { auth: base64("deploy:kR7thqLw91") },
      "b.corp.net": { auth: base64("deploy:wP3zzkXn42") },
    },
  }),
);

const yaml = (data: string, kind = "Secret"): string =>
  `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: a\ndata:\n${data}type: Opaque\n`;

test.each([
  ["a value", yaml(`  any: ${base64(token)}\n`), ["github-classic-token 6"]],
  [
    "a value in quotes",
    yaml(`  "any": "${base64(`${token}\n`)}" # here\n`),
    ["github-classic-token 6"],
  ],
  [
    "a password by its name",
    yaml(`  db_password: ${base64("kR7thqLw91")}\n`),
    ["named-password 6"],
  ],
  [
    "two in one file",
    yaml(`  .dockerconfigjson: ${logins}\n`),
    ["registry-login 6", "registry-login 6"],
  ],
  [
    "a block of lines",
    yaml(
      `  .dockerconfigjson: |\n${(logins.match(/.{1,40}/g) ?? []).map((l) => `    ${l}\n`).join("")}`,
    ),
    ["registry-login 7", "registry-login 7"],
  ],
  [
    "a list, with data before the kind",
    `items:\n- apiVersion: v1\n  data:\n    any: ${base64(token)}\n  kind: Secret\n- kind: ConfigMap\n  data:\n    a: b\n`,
    ["github-classic-token 4"],
  ],
  [
    "JSON",
    JSON.stringify({ kind: "Secret", data: { any: base64(token), other: "eA==" } }),
    ["github-classic-token 1"],
  ],
  [
    "JSON with spaces",
    JSON.stringify({ data: { any: base64(token) }, kind: "Secret" }, null, 2),
    ["github-classic-token 3"],
  ],
  [
    "JSON inside JSON",
    JSON.stringify({ last: JSON.stringify({ data: { any: base64(token) }, kind: "Secret" }) }),
    ["github-classic-token 1"],
  ],
])("%s is found in what a Secret holds", (_, text, wanted) => {
  const { hits } = hitsIn(text);
  expect(hits.map((hit) => `${hit.kind} ${hit.line}`)).toEqual(wanted);
  expect(hits.every((hit) => hit.note?.includes("in base64"))).toBe(true);
});

test("the same secret is the same, whether or not it is in base64", () => {
  const [wrapped] = hitsIn(yaml(`  any: ${base64(token)}\n`)).hits;
  const [plain] = hitsIn(`x: ${token}\n`).hits;
  expect(wrapped?.fingerprint).toBe(plain?.fingerprint);
});

test.each([
  ["another kind", yaml(`  any: ${base64(token)}\n`, "SecretStore")],
  ["what is encrypted", yaml(`  any: ${base64(token)}\n`, "SealedSecret")],
  ["another document", `${yaml("")}---\nkind: ConfigMap\ndata:\n  any: ${base64(token)}\n`],
  [
    "a placeholder",
    yaml(`  password: ${base64("changeme")}\n  token: ${base64("<your token>")}\n`),
  ],
  ["no base64", yaml(`  password: kR7thqLw91!\n  token: \${TOKEN}\n`)],
])("%s holds none", (_, text) => {
  expect(hitsIn(text).hits).toEqual([]);
});

test.each([
  ["kind: Secret\n"],
  [`kind: Secret\ndata:\n  a: ${base64(token)}\n`],
  [`{"kind":"Secret","data":{"a":"${base64(token)}"}}`],
  ["kind: Secret\ndata:\n a: |\n  QUFB\n"],
])("a megabyte of %j costs in proportion to its length", (word) => {
  const text = word.repeat((1 << 20) / word.length);
  const before = process.cpuUsage();
  hitsIn(text);
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(3);
});
