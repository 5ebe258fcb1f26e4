// Passwords in addresses, in headers and in connection strings.
import { utf8 } from "../../../kit/text.ts";
import type { FoundForm, FoundSecret, SecretView } from "../../../stages/secrets/contract.ts";
import { bytesOfBase64 } from "../shared/decode.ts";
import { isExampleHost, isMixed, isNoPassword } from "../shared/passwords.ts";

const ADDRESS_MAX = 300;

/** `scheme://user:password@host`. @see RFC 3986, section 3.2.1 */
export function addressForm(schemes: readonly string[]): FoundForm {
  return {
    by: "keyword",
    keywords: schemes.map((scheme) => `${scheme}://`),
    find: (view, { at, end }) => {
      const userInfo = userInfoAt(view, end);
      if (userInfo === null) return null;
      const { colon, atSign } = userInfo;
      const password = view.text(colon + 1, atSign);
      const user = view.text(end, colon);
      const host = /^[\w.[\]:-]*/.exec(view.text(atSign + 1, atSign + 80))?.[0] ?? "";
      if (isNoPassword(password) || password.toLowerCase() === user.toLowerCase()) return null;
      if (!HOST_BEGINS.test(host) || isExampleHost(host) || !isMixed(password)) return null;
      const shown = `${view.text(at, end)}…@${host.slice(0, 60)}`;
      return { from: colon + 1, to: atSign, shown, proof: "context", isPassword: true };
    },
  };
}

/** Two characters at least, or an address of version 6 of the protocol. */
const HOST_BEGINS = /^(?:\w[\w.-]|\[[0-9a-fA-F:])/;

/** Most addresses have none, and are left at their first slash. */
function userInfoAt(
  { bytes, end }: SecretView,
  from: number,
): { colon: number; atSign: number } | null {
  let colon = -1;
  const stop = Math.min(end, from + ADDRESS_MAX);
  for (let at = from; at < stop; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x3a && colon === -1) colon = at;
    else if (byte === 0x40)
      return colon > from - 1 && at > colon + 1 ? { colon, atSign: at } : null;
    else if (byte <= 0x20 || byte >= 0x7f || ENDS.includes(byte)) return null;
  }
  return null;
}

/** `"`, `'`, `/`, `<`, `>`, `?`, `\`, `` ` ``, `{`, `}`: no part of an authority. */
const ENDS = [0x22, 0x27, 0x2f, 0x3c, 0x3e, 0x3f, 0x5c, 0x60, 0x7b, 0x7d];

/** `Authorization: Basic …`. @see RFC 7617 */
export const basicForm: FoundForm = {
  by: "keyword",
  keywords: ["Basic ", "basic "],
  find: (view, { at, end }) => {
    const run = /^[A-Za-z0-9+/]{12,300}={0,2}(?![A-Za-z0-9+/=])/.exec(
      view.text(end, end + 310),
    )?.[0];
    if (run === undefined || !/authorization/i.test(view.text(Math.max(0, at - 40), at)))
      return null;
    return loginIn(view, { from: end, run, shown: "Basic …" });
  },
};

/** `curl -u user:password`. @see curl(1), "--user" */
export const curlForm: FoundForm = {
  by: "keyword",
  keywords: [" -u ", " --user ", " --proxy-user ", " -U "],
  find: (view, { at, end }) => {
    const [whole = "", user = "", password = ""] =
      /^ {0,4}["']?([\w.@+-]{0,64}):["']?([^\s"'`]{4,128})(?=[\s"'`]|$)/.exec(
        view.text(end, end + 200),
      ) ?? [];
    if (isNoPassword(password) || user === password || !isChosen(password)) return null;
    const before = view.text(Math.max(0, at - 400), at).replace(/\\\r?\n/g, " ");
    if (!/\bcurl\b[^\n|;&]*$/.test(before)) return null;
    const to = end + whole.length;
    return {
      from: to - password.length,
      to,
      shown: `curl${view.text(at, end)}${user}:…`,
      proof: "context",
      isPassword: true,
    };
  },
};

/** Commands that take a password with `-p` or `--password`. */
const LOGINS = [
  "docker",
  "podman",
  "buildah",
  "skopeo",
  "nerdctl",
  "oras",
  "registry",
  "auth",
  "az",
];

/** `sshpass -p password`, `mysql -ppassword`, `redis-cli -a password`, `docker login -p password`. */
export const commandForm: FoundForm = {
  by: "keyword",
  keywords: [
    "sshpass -p",
    "mysql ",
    "mysqldump ",
    "mysqladmin ",
    "redis-cli ",
    ...LOGINS.map((program) => `${program} login `),
  ],
  find: (view, { at, end }) => {
    if (view.isBinary) return null;
    const command = view.text(at, end);
    const [whole = "", password = ""] = optionOf(command).exec(view.text(end - 1, end + 200)) ?? [];
    if (password.length < 6 || isNoPassword(password) || !isMixed(password)) return null;
    const to = end - 1 + whole.length;
    const shown = `${command}…`;
    return { from: to - password.length, to, shown, proof: "context", isPassword: true };
  },
};

function optionOf(command: string): RegExp {
  if (command.startsWith("sshpass")) return /^p {0,4}["']?([^\s"'$`]{6,128})/;
  if (command.endsWith("login "))
    return /^(?:[^\n|;&]|\\\r?\n){0,150}? (?:-p|--password)[ =]{1,4}["']?([^\s"'$`-][^\s"'$`]{5,127})/;
  if (command.startsWith("redis")) return /^[^\n|;&]{0,150}? -a ["']?([^\s"'$`]{6,128})/;
  return /^[^\n|;&]{0,150}?-p["']?([^\s"'$`=-][^\s"'$`]{5,127})/;
}

/** `echo password | docker login --password-stdin`, and `<<< password` behind it. */
export const standardInputForm: FoundForm = {
  by: "keyword",
  keywords: ["--password-stdin"],
  find: (view, { at, end }) => {
    if (view.isBinary) return null;
    const shown = "--password-stdin";
    const before = view.text(Math.max(0, at - 400), at);
    const handed = HANDED_IN.exec(before.slice(before.lastIndexOf("\n") + 1));
    if (handed !== null) {
      const [whole, password = ""] = handed;
      const from = at - whole.length + whole.indexOf(password, whole.search(/\s/));
      return isGiven(password)
        ? { from, to: from + password.length, shown, proof: "context", isPassword: true }
        : null;
    }
    const [whole = "", password = ""] = HERE_TEXT.exec(view.text(end, end + 400)) ?? [];
    const to = end + whole.length;
    if (!isGiven(password)) return null;
    return { from: to - password.length, to, shown, proof: "context", isPassword: true };
  },
};

const HANDED_IN =
  /(?:echo|printf)(?: {1,4}-[neE]{1,3})? {1,4}["']?([^\s"'$`|;&\\-][^\s"'$`|;&\\]{5,127})(?:\\n)?["']? {0,4}\|[^|;&]{0,200}$/;
const HERE_TEXT = /^[^\n|;&<]{0,150}<<< {0,4}["']?([^\s"'$`|;&-][^\s"'$`|;&]{5,127})/;

function isGiven(password: string): boolean {
  return password.length >= 6 && !isNoPassword(password) && isMixed(password);
}

/** Digits among letters, or capitals where no word has them. */
function isChosen(password: string): boolean {
  return isMixed(password) || (password.match(/[a-z][A-Z]/g)?.length ?? 0) >= 3;
}

/** `"auth": "…"` of Docker's configuration: user and password in base64. */
export const registryLoginForm: FoundForm = {
  by: "keyword",
  keywords: ['"auth"'],
  find: (view, { end }) => {
    const given = /^\s{0,8}:\s{0,8}"([A-Za-z0-9+/]{8,3000}={0,2})"/.exec(
      view.text(end, end + 3040),
    );
    const run = given?.[1];
    if (given === null || run === undefined) return null;
    const from = end + given[0].length - 1 - run.length;
    return loginIn(view, { from, run, shown: '"auth": "…"' });
  },
};

function loginIn(
  { bytes: _ }: SecretView,
  { from, run, shown }: { readonly from: number; readonly run: string; readonly shown: string },
): FoundSecret | null {
  const text = utf8(bytesOfBase64(run) ?? new Uint8Array(0));
  const colon = text.indexOf(":");
  if (colon < 1 || !/^[\x20-\x7e]+$/.test(text)) return null;
  const password = text.slice(colon + 1);
  if (isNoPassword(password) || text.startsWith("Aladdin:")) return null;
  return {
    from,
    to: from + run.length,
    shown,
    proof: "structure",
    isPassword: true,
    note: `of ${text.slice(0, colon).slice(0, 60)}`,
  };
}

const SEMICOLON = 0x3b;

/** `Server=…;User Id=…;Password=…;` */
export const connectionStringForm: FoundForm = {
  by: "keyword",
  keywords: ["Password=", "password=", "Pwd=", "pwd=", "PWD="],
  find: (view, { at, end }) => {
    const password = /^[^;"'\s<>]{4,128}/.exec(view.text(end, end + 130))?.[0] ?? "";
    // It is one of several parts.
    const isPart =
      view.bytes[end + password.length] === SEMICOLON ||
      /;\s?$/.test(view.text(Math.max(0, at - 2), at));
    if (password === "" || !isPart) return null;
    const around =
      view.text(Math.max(0, at - 200), at) + view.text(end + password.length, end + 200);
    const line = around.split("\n").join(" ");
    if (
      !/(?:server|data source|host|endpoint)\s?=[^;]{1,100};/i.test(line) ||
      !/(?:user ?id|uid|username|user)\s?=/i.test(line)
    )
      return null;
    if (isNoPassword(password)) return null;
    return {
      from: end,
      to: end + password.length,
      shown: `${view.text(at, end)}…`,
      proof: "context",
      isPassword: true,
    };
  },
};

/** A signed address of Azure: whoever has it may do what it says. */
export const sharedAccessForm: FoundForm = {
  by: "keyword",
  keywords: ["sig="],
  find: (view, { at, end }) => {
    const value = /^[A-Za-z0-9%+/]{40,90}(?:%3[dD]|=)/.exec(view.text(end, end + 100))?.[0];
    if (value === undefined || isNoPassword(value)) return null;
    const around = view.text(Math.max(0, at - 400), at) + view.text(end, end + 400);
    if (!/[?&]sv=\d{4}-\d\d-\d\d/.test(around) || !/[?&]se=/.test(around)) return null;
    return { from: end, to: end + value.length, shown: "sig=…", proof: "structure" };
  },
};
