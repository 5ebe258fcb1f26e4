// Examples of secrets, made when they are asked for: what looks like a secret must not stand in a repository, or hosts refuse it.
// The same seed gives the same texts.
import { generateKeyPairSync } from "node:crypto";
import type { NamedForm, SecretKind, TokenForm } from "../../../../stages/secrets/contract.ts";
import { bech32Sum } from "../../keys/bech32.ts";
import { crc16 } from "../../keys/other-keys.ts";
import { crc32, inDigits } from "../checks.ts";

/** Chance that can be had again. @see "mulberry32" */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  }

  text(alphabet: string, length: number): string {
    return Array.from({ length }, () => alphabet[this.below(alphabet.length)]).join("");
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}

const DIGITS = "0123456789";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const BASE62 = DIGITS + UPPER + LOWER;
const BASE32 = `${UPPER}234567`;

const ALPHABETS: Readonly<Record<string, string>> = {
  digits: DIGITS,
  hex: `${DIGITS}abcdef`,
  HEX: `${DIGITS}ABCDEF`,
  anyhex: `${DIGITS}abcdef`,
  lower: LOWER,
  base36: DIGITS + LOWER,
  BASE36: DIGITS + UPPER,
  base32: BASE32,
  base62: BASE62,
  base64: `${BASE62}+/`,
  padded64: `${BASE62}+/`,
  base64url: `${BASE62}-_`,
  word: `${BASE62}_`,
  dashed: `${BASE62}-`,
  dotted: BASE62,
  azure: BASE62,
  equals: "=",
};

/** A text with a look. */
export function ofShape(shape: string, chance: Chance): string {
  return shape
    .replaceAll("<uuid>", "<hex:8>-<hex:4>-<hex:4>-<hex:4>-<hex:12>")
    .replaceAll(/<(\w+):(\d+)(?:-(\d+))?>/g, (_, name: string, min: string) =>
      chance.text(ALPHABETS[name] ?? "", Number(min)),
    );
}

function jwt(header: object, claims: object, chance: Chance): string {
  const parts = [header, claims].map((part) => base64url(JSON.stringify(part)));
  return `${parts.join(".")}.${chance.text(BASE62, 43)}`;
}

const base64url = (text: string): string => Buffer.from(text).toString("base64url");

/** Texts of kinds whose values prove themselves; each with the part that a wrong one must break. */
const PROVEN: Readonly<Record<string, (chance: Chance) => string>> = {
  "openai-key": (c) => `sk-${c.text(BASE62, 20)}T3BlbkFJ${c.text(BASE62, 20)}`,
  "github-stateless-token": (c) =>
    `ghs_${jwt({ alg: "RS256", typ: "JWT" }, { iss: "github.corp", ins: c.text(DIGITS, 8) }, c)}`,
  "npm-basic-auth": (c) => Buffer.from(`deploy:${c.text(BASE62, 18)}`).toString("base64"),
  "gitlab-routable-token": (c) => {
    const body = `glpat-${c.text(BASE62, 36)}.10`;
    return body + inDigits(crc32(body), DIGITS + LOWER, 7);
  },
  "aws-access-key-id": (c) => `AKIAQ${c.text("ABCDEFGHIJKLM", 1)}${c.text(BASE32, 14)}`,
  "pypi-token": (c) => pypi(c, "pypi.org"),
  "pypi-test-token": (c) => pypi(c, "test.pypi.org"),
  "discord-bot-token": (c) =>
    `${base64url(`1${c.text(DIGITS, 17)}`)}.${c.text(BASE62, 6)}.${c.text(BASE62, 27)}`,
  "grafana-cloud-token": (c) =>
    `glc_${Buffer.from(JSON.stringify({ o: "482", n: "x-token-a", k: c.text(BASE62, 32), m: { r: "us" } })).toString("base64")}`,
  "grafana-api-key": (c) =>
    Buffer.from(JSON.stringify({ k: c.text(BASE62, 32), n: "reader", id: 17 })).toString("base64"),
  "mapbox-secret-token": (c) =>
    `sk.${base64url(JSON.stringify({ u: "somebody", a: c.text(BASE62, 40) }))}.${c.text(BASE62, 22)}`,
  "age-secret-key": (c) => bech32Text("age-secret-key-", c).toUpperCase(),
  "nostr-secret-key": (c) => bech32Text("nsec", c),
  "sui-private-key": (c) => bech32Text("suiprivkey", c, 53),
  "nats-seed": (c) => crcSeed([0x95, 0], c, 32),
  "stellar-seed": (c) => crcSeed([0x90], c, 32),
  "wireguard-preshared-key": (c) => c.bytes(32).toString("base64"),
  "wireguard-private-key": (c) => {
    const bytes = c.bytes(32);
    bytes[0] = (bytes[0] ?? 0) & 0xf8;
    bytes[31] = ((bytes[31] ?? 0) & 0x7f) | 0x40;
    return bytes.toString("base64");
  },
};

const CRC_BASE62 = /^(?:github-(?:classic|oauth|user|server|refresh)-token|npm-token)$/;

function pypi(chance: Chance, host: string): string {
  const field = (type: number, bytes: Buffer): Buffer =>
    Buffer.concat([Buffer.from([type, bytes.length]), bytes]);
  const parts = [
    Buffer.from([2]),
    field(1, Buffer.from(host)),
    field(2, chance.bytes(36)),
    Buffer.from([0]),
    field(2, chance.bytes(20)),
    Buffer.from([0, 0]),
    field(6, chance.bytes(32)),
  ];
  return `pypi-${Buffer.concat(parts).toString("base64url")}`;
}

function bech32Text(prefix: string, chance: Chance, length = 52): string {
  const digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  const data = Array.from({ length }, () => chance.below(32));
  const all = [...data, ...bech32Sum(prefix, data)];
  return `${prefix}1${all.map((d) => digits[d]).join("")}`;
}

function crcSeed(prefix: readonly number[], chance: Chance, length: number): string {
  const body = [...prefix, ...chance.bytes(length)];
  const crc = crc16(body);
  let bits = "";
  for (const byte of [...body, crc & 0xff, crc >> 8]) bits += byte.toString(2).padStart(8, "0");
  return (bits.match(/.{1,5}/g) ?? [])
    .map((b) => BASE32[Number.parseInt(b.padEnd(5, "0"), 2)])
    .join("");
}

/** A value of a kind that is told by its look or by its name; null for kinds that code finds. */
export function exampleOf(kind: SecretKind, seed: number): string | null {
  const { form } = kind;
  if (form.by === "keyword") return null;
  const chance = new Chance(seed);
  const proven = PROVEN[kind.id];
  if (proven !== undefined) return proven(chance);
  const shape = form.shapes[0] ?? "";
  if (!CRC_BASE62.test(kind.id)) return ofShape(shape, chance);
  const literal = shape.slice(0, shape.indexOf("<"));
  const body = chance.text(BASE62, 30);
  return literal + body + inDigits(crc32(body), BASE62, 6);
}

/** A line of settings in which a value stands, under a name that fits its kind. */
export function lineWith(
  { form }: { readonly form: TokenForm | NamedForm },
  value: string,
): string {
  if (form.by === "token") return `setting: "${value}"\n`;
  if (form.isExact === true) return `${form.words[0]}="${value}"\n`;
  const word = (form.words[0] ?? "").toUpperCase().replaceAll("-", "_");
  return `${form.isWhole === true ? word : `${word}_KEY`}="${value}"\n`;
}

/** A text of a kind that code finds: valid, broken in what proves it, and a placeholder of it. */
export interface FoundExample {
  readonly path?: string;
  readonly valid: string;
  /** null where nothing in it proves it. */
  readonly broken: string | null;
  readonly placeholder: string;
}

const rsa = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const dsa = generateKeyPairSync("dsa", { modulusLength: 1024, divisorLength: 160 }).privateKey;
const dashes = "-----";

function pem(label: string, bytes: Buffer): string {
  const body = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `${dashes}BEGIN ${label}${dashes}\n${body.join("\n")}\n${dashes}END ${label}${dashes}\n`;
}

function key(label: string, bytes: Buffer): FoundExample {
  return {
    valid: pem(label, bytes),
    broken: pem(label, Buffer.concat([Buffer.from([0x13, 7]), bytes.subarray(2)])),
    placeholder: `${dashes}BEGIN ${label}${dashes}\n<your key here>\n${dashes}END ${label}${dashes}\n`,
  };
}

const c = new Chance(4);
const password = `${c.text(LOWER, 5)}7${c.text(UPPER, 4)}9${c.text(LOWER, 4)}`;
const crypt = (length: number): string => c.text(`./${BASE62}`, length);

function address(scheme: string): FoundExample {
  return {
    valid: `url = "${scheme}://service:${password}@db.internal.corp/x"\n`,
    broken: null,
    placeholder: `url = "${scheme}://user:password@localhost/x"\nurl = "${scheme}://u:\${PASSWORD}@db.internal.corp"\n`,
  };
}

function hash(mark: string, length: number, salt = crypt(8)): FoundExample {
  return {
    path: "etc/shadow",
    valid: `root:${mark}${salt}$${crypt(length)}:19000:0:99999:7:::\n`,
    broken: `root:${mark}${salt}$${crypt(length - 5)}:19000:0:99999:7:::\n`,
    placeholder: "root:*:19000:0:99999:7:::\nadm:!:19000::::::\n",
  };
}

const login = (user: string, word: string): string =>
  Buffer.from(`${user}:${word}`).toString("base64");

const CLAIMS = { sub: "worker-7", iat: 1700000000 };

/** By the kind's id. */
export const foundExamples: Readonly<Record<string, FoundExample>> = {
  "rsa-private-key": key("RSA PRIVATE KEY", rsa.export({ type: "pkcs1", format: "der" })),
  "ec-private-key": key("EC PRIVATE KEY", ec.export({ type: "sec1", format: "der" })),
  "dsa-private-key": key(
    "DSA PRIVATE KEY",
    Buffer.concat([
      Buffer.from([0x30, 0x82, 0x01, 0x00, 2, 1, 0, 2, 0x81, 0x80]),
      c.bytes(0x80),
      Buffer.from([2, 0x78]),
      c.bytes(0x78),
    ]),
  ),
  "private-key": key("PRIVATE KEY", dsa.export({ type: "pkcs8", format: "der" })),
  "encrypted-private-key": key(
    "ENCRYPTED PRIVATE KEY",
    ec.export({ type: "pkcs8", format: "der", cipher: "aes-256-cbc", passphrase: "x" }),
  ),
  "openssh-private-key": key(
    "OPENSSH PRIVATE KEY",
    Buffer.concat([Buffer.from("openssh-key-v1\0\0\0\0\x04none\0\0\0\x04none"), c.bytes(200)]),
  ),
  "sigstore-private-key": key(
    "ENCRYPTED SIGSTORE PRIVATE KEY",
    Buffer.from(
      JSON.stringify({ kdf: { name: "scrypt" }, ciphertext: c.bytes(64).toString("base64") }),
    ),
  ),
  "packed-private-key": {
    valid: `client-key-data: ${Buffer.from(pem("PRIVATE KEY", ec.export({ type: "pkcs8", format: "der" }))).toString("base64")}\n`,
    broken: `client-key-data: ${Buffer.from(pem("PRIVATE KEY", c.bytes(138).fill(1, 0, 1))).toString("base64")}\n`,
    placeholder: `client-key-data: ${Buffer.from(`${dashes}BEGIN PRIVATE KEY${dashes}\nREDACTED\n`).toString("base64")}\n`,
  },
  "pgp-private-key": {
    valid: `${dashes}BEGIN PGP PRIVATE KEY BLOCK${dashes}\n\n${Buffer.concat([Buffer.from([0x95]), c.bytes(47)]).toString("base64")}\n${dashes}END PGP PRIVATE KEY BLOCK${dashes}\n`,
    broken: `${dashes}BEGIN PGP PRIVATE KEY BLOCK${dashes}\n\n${Buffer.concat([Buffer.from([0x31]), c.bytes(47)]).toString("base64")}\n${dashes}END PGP PRIVATE KEY BLOCK${dashes}\n`,
    placeholder: `${dashes}BEGIN PGP PRIVATE KEY BLOCK${dashes}\n...\n${dashes}END PGP PRIVATE KEY BLOCK${dashes}\n`,
  },
  "putty-private-key": {
    valid: `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: me\nPublic-Lines: 1\nAAAA\nPrivate-Lines: 1\n${c.bytes(36).toString("base64")}\nPrivate-MAC: 00\n`,
    broken: `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: me\nPublic-Lines: 1\nAAAA\nPrivate-Lines: 1\nabc\n`,
    placeholder: "PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nPrivate-Lines: 1\n<key>\n",
  },
  "jwk-private-key": {
    valid: `{"kty":"OKP","crv":"Ed25519","d":"${c.bytes(32).toString("base64url")}","x":"abc"}`,
    broken: `{"kty":"OKP","crv":"Ed25519","x":"${c.bytes(32).toString("base64url")}"}`,
    placeholder: `{"kty":"OKP","d":"${"x".repeat(43)}"}`,
  },
  "json-web-token": {
    valid: `token: ${jwt({ alg: "HS256", typ: "JWT" }, CLAIMS, c)}\n`,
    broken: `token: eyJ${c.text(BASE62, 30)}.eyJ${c.text(BASE62, 30)}.${c.text(BASE62, 43)}\n`,
    placeholder: `token: ${jwt({ alg: "none" }, CLAIMS, c)}\ntoken: eyJhbGciOi...\n`,
  },
  "telegram-bot-token": {
    valid: `bot: 78${c.text("13579", 8)}:AA${c.text(BASE62, 33)}\n`,
    broken: `bot: 78${c.text("13579", 8)}:AA${c.text(BASE62, 20)}\n`,
    placeholder: `bot: 1234567890:AA${"x".repeat(33)}\n`,
  },
  "twitter-bearer-token": {
    valid: `bearer: ${"A".repeat(22)}MLhe${"A".repeat(7)}0%2B${c.text(BASE62, 40)}%3D${c.text(BASE62, 40)}\n`,
    broken: `bearer: ${"A".repeat(22)}${c.text(BASE62, 30)}%3D\n`,
    placeholder: `bearer: ${"A".repeat(120)}\nbearer: ${"A".repeat(22)}${"x%".repeat(45)}\n`,
  },
  "postgres-url": address("postgresql"),
  "mysql-url": address("mysql"),
  "mongodb-url": address("mongodb+srv"),
  "redis-url": address("rediss"),
  "amqp-url": address("amqps"),
  "sqlserver-url": address("sqlserver"),
  "clickhouse-url": address("clickhouse"),
  "ftp-url": address("ftp"),
  "smtp-url": address("smtps"),
  "ldap-url": address("ldaps"),
  "proxy-url": address("socks5"),
  "http-url": address("https"),
  "basic-auth-header": {
    valid: `-H "Authorization: Basic ${login("deploy", password)}"\n`,
    broken: `-H "Authorization: Basic ${c.text(BASE62, 23)}"\n`,
    placeholder: `-H "Authorization: Basic ${login("user", "password")}"\n-H "Authorization: Basic \${TOKEN}"\n`,
  },
  "curl-login": {
    path: "app/deploy.sh",
    valid: `curl -fsS \\\n  -u deploy:${password} https://api.corp.net/x\n`,
    broken: null,
    placeholder: `curl -u user:password x\ncurl -u $USER:$PASS x\ncurl -u "\${A}:\${B}" x\nsudo -u deploy:${password} x\n`,
  },
  "command-password": {
    path: "app/deploy.sh",
    valid: `mysqldump -h db.corp.net -uapp -p${password} shop\n`,
    broken: null,
    placeholder: `mysql -p$PW x\nmysql -uroot -ppassword\nmysql -p x\nsshpass -p "$PW" ssh x\nredis-cli -a <password>\n`,
  },
  "command-input-password": {
    path: "app/deploy.sh",
    valid: `echo "${password}" | docker login -u deploy --password-stdin registry.corp.net\n`,
    broken: null,
    placeholder: `echo "$PW" | docker login --password-stdin x\necho password | docker login --password-stdin x\n`,
  },
  "registry-login": {
    path: "root/.docker/config.json",
    valid: `{"auths":{"registry.corp":{"auth": "${login("deploy", password)}"}}}`,
    broken: `{"auths":{"registry.corp":{"auth": "${c.text(BASE62, 24)}"}}}`,
    placeholder: `{"auths":{"registry.corp":{"auth": "${login("user", "password")}"}}}`,
  },
  "connection-string": {
    valid: `"Server=tcp:db.corp,1433;User Id=app;Password=${password};Encrypt=true"\n`,
    broken: null,
    placeholder: `"Server=tcp:db.corp;User Id=app;Password=\${PW};"\n"Server=x;User Id=app;Password=yourStrong(!)Password;"\n`,
  },
  "azure-shared-access": {
    valid: `https://x.blob.core.windows.net/c?sv=2022-11-02&se=2026-01-01&sp=r&sig=${c.text(BASE62, 43)}%3D\n`,
    broken: `https://x.blob.core.windows.net/c?sp=r&sig=${c.text(BASE62, 43)}%3D\n`,
    placeholder: `https://x.blob.core.windows.net/c?sv=2022-11-02&se=2026-01-01&sig=${"x".repeat(43)}%3D\n`,
  },
  "netrc-login": {
    path: "root/.netrc",
    valid: `machine git.corp login me password ${password}\n`,
    broken: null,
    placeholder: "machine git.corp login me password <password>\n",
  },
  "pgpass-login": {
    path: "root/.pgpass",
    valid: `db.corp:5432:*:app:${password}\n`,
    broken: `db.corp:5432:${password}\n`,
    placeholder: "#db.corp:5432:*:app:password\nhostname:5432:database:username:password\n",
  },
  "filezilla-login": {
    path: "root/.config/filezilla/sitemanager.xml",
    valid: `<Server><Host>ftp.corp</Host><Pass encoding="base64">${Buffer.from(password).toString("base64")}</Pass></Server>\n`,
    broken: `<Server><Host>ftp.corp</Host><Pass encoding="base64">//79/Pv6</Pass></Server>\n`,
    placeholder: `<Server><Host>ftp.corp</Host><Pass encoding="base64">cGFzc3dvcmQ=</Pass></Server>\n`,
  },
  "hash-sha512": hash("$6$", 86),
  "hash-sha256": hash("$5$", 43),
  "hash-yescrypt": hash("$y$j9T$", 43, crypt(22)),
  "hash-md5": hash("$1$", 22),
  "hash-bcrypt": {
    ...hash("$2y$10", 53, ""),
    path: "etc/nginx/htpasswd",
  },
  "hash-sha1": {
    path: "etc/nginx/htpasswd",
    valid: `web:{SHA}${c.bytes(20).toString("base64")}\n`,
    broken: `web:{SHA}${c.text(BASE62, 12)}\n`,
    placeholder: "web:{SHA}<hash>\n",
  },
  "named-secret": {
    path: "app/settings.yaml",
    valid: `clientSecret: "${c.text(BASE62, 32)}"\n`,
    broken: null,
    placeholder: `clientSecret: "\${CLIENT_SECRET}"\nclient_secret: your-client-secret-1234\nsecretName: ${c.text(BASE62, 32)}\n`,
  },
  "named-password": {
    path: "app/.env",
    valid: `DB_PASSWORD=${password}\n`,
    broken: null,
    placeholder:
      "DB_PASSWORD=changeme\nDB_PASSWORD=${PW}\nDB_PASSWORD={{ .Values.pw }}\nDB_PASSWORD=<password>\n",
  },
  "bearer-token": {
    valid: `-H "Authorization: Bearer ${c.text(BASE62, 40)}"\n`,
    broken: null,
    placeholder: `-H "Authorization: Bearer \${TOKEN}"\n-H "Authorization: Bearer ${"x".repeat(40)}"\n`,
  },
};
