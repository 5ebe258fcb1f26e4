// Passwords that people have chosen, and what is as like them as can be. Put together here: no whole password stands in this file.
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { SecretReader } from "../../../stages/secrets/reader.ts";
import { SecretSearch } from "../../../stages/secrets/scan.ts";
import { secretGroups } from "../index.ts";

const search = new SecretSearch(secretGroups.flatMap((group) => group.kinds));
const sha256 = (text: string): string => createHash("sha256").update(text, "latin1").digest("hex");

function told(path: string, text: string): string[] {
  const reader = new SecretReader(search, { sha256, published: new Set() });
  reader.file(path, Buffer.from(text));
  return reader.taken().hits.map(({ kind, line }) => `${kind} ${line}`);
}

const MIXED = ["Gras", "halm", "47Xq"].join("");
const LETTERS = ["Sommer", "regen", "wolke"].join("");
const LOGIN = `docker login -u ci -p ${MIXED} registry.corp`;

test.each<[path: string, text: string, wanted: string[]]>([
  ["src/Main.java", `source.setPassword("${MIXED}");`, ["named-password 1"]],
  ["src/main.py", `user.set_password('${MIXED}')`, ["named-password 1"]],
  ["src/Main.kt", `Client.builder().password("${MIXED}").build()`, ["named-password 1"]],
  ["src/Main.java", 'source.setPassword("correct horse");', []],
  ["src/Main.java", "source.setPassword(password);", []],
  ["src/Main.java", `source.setPassword("${MIXED}", salt);`, []],
  ["src/Main.java", `source.checkPassword("${MIXED}");`, []],
  ["ci/push.sh", `${LOGIN}\n`, ["command-password 1"]],
  [
    "ci/push.sh",
    `docker login \\\n  -u ci \\\n  --password=${MIXED} r.corp\n`,
    ["command-password 3"],
  ],
  ["ci/push.sh", `echo "$PW" | docker login -u ci --password-stdin r.corp\n`, []],
  ["ci/push.sh", 'docker login -u ci -p "$PASSWORD" r.corp\n', []],
  [
    "ci/push.sh",
    `cd app\necho "${MIXED}" | docker login -u ci --password-stdin r.corp\n`,
    ["command-input-password 2"],
  ],
  [
    "ci/push.sh",
    `echo -n ${MIXED} | podman login --password-stdin r.corp\n`,
    ["command-input-password 1"],
  ],
  [
    "ci/push.sh",
    `printf '${MIXED}\\n' | helm registry login --password-stdin r\n`,
    ["command-input-password 1"],
  ],
  [
    "ci/push.sh",
    `docker login -u ci --password-stdin r.corp <<< '${MIXED}'\n`,
    ["command-input-password 1"],
  ],
  ["ci/push.sh", `echo ${MIXED} | sha256sum; pass show ci | docker login --password-stdin\n`, []],
  ["ci/push.sh", "echo your-password1 | docker login --password-stdin\n", []],
  ["ci/push.sh", "echo <token> | docker login --password-stdin r.corp\n", []],
  ["ci/push.sh", `echo ${MIXED}\ndocker login --password-stdin < token\n`, []],
  ["ci/push.sh", "docker login -u ci -p <password> r.corp\n", []],
  ["ci/push.sh", `docker login -u ci r.corp; mkdir -p ${MIXED}\n`, []],
  ["main.go", `var password string = "${MIXED}"\n`, ["named-password 1"]],
  ["main.ts", `const dbPassword: string = "${MIXED}";\n`, ["named-password 1"]],
  ["main.go", "func login(password string) error {\n", []],
  [
    "app.properties",
    `db.url=jdbc:postgresql://db.corp/app\ndb.password=${LETTERS}\n`,
    ["named-password 2"],
  ],
  // A text of a program, and one whose group has no address.
  ["messages.properties", `login.user=Benutzer\nlogin.password=${LETTERS}\n`, []],
  ["app.properties", `db.url=jdbc:h2:mem\nmail.password=${LETTERS}\n`, []],
  ["app.properties", "db.url=jdbc:postgresql://db.corp/app\ndb.password=changeme\n", []],
  [
    "wp-config.php",
    `define('DB_USER', 'web');\ndefine('DB_PASSWORD', '${LETTERS}');\n`,
    ["named-password 2"],
  ],
  ["wp-config.php", "define('DB_USER', 'web');\ndefine('DB_PASSWORD', 'password_here');\n", []],
  ["lang.php", `define('LABEL_PASSWORD', '${LETTERS}');\n`, []],
])("%s: %j", (path, text, wanted) => {
  expect(told(path, text)).toEqual(wanted);
});

test("megabytes of what might be any of them take no longer than they are long", () => {
  const began = performance.now();
  for (const piece of [
    "docker login ",
    "setPassword( ",
    "PASSWORD', '",
    "a.password=",
    "password: ",
  ])
    for (const path of ["a.properties", "a.php"])
      told(path, piece.repeat(1_000_000 / piece.length));
  expect(performance.now() - began).toBeLessThan(20_000);
});
