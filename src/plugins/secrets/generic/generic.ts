// Values that are given to names of secrets, whoever issued them. Judged by the name, the value and the kind of file together,
// because each alone is everywhere.
import type { Assignment } from "../../../kit/assignment.ts";
import { baseName, extensionOf } from "../../../kit/path.ts";
import { entropyOf, isPlaceholder } from "../../../kit/placeholder.ts";
import type { FoundForm, SecretView } from "../../../stages/secrets/contract.ts";
import { isMixed, isNoPassword } from "../shared/passwords.ts";
import { argumentAt, isDefined, isDefinedLogin, isOfAddress } from "./chosen.ts";

/** What a name of a secret ends with. */
const SECRET_NAME =
  /(?:secret|token|passphrase|credentials?|(?:api|access|auth|secret|private|signing|encryption|master|service|account)[_.-]?key)s?(?:[_-]?(?:base|value|v?\d+|prod|production|live|dev|staging))?$/i;
const PASSWORD_NAME =
  /(?:passw(?:or)?d|passwd|pwd|passphrase|[_-]pass|requirepass|masterauth)s?(?:[_-]?(?:value|v?\d+|prod|production|live|dev|staging))?$/i;
/** Names of what is near a secret and is none. */
const OTHER_NAME =
  /public|hash|digest|checksum|sha\d|integrity|csrf|xsrf|next[_-]?(?:page|token)|term[_-]?token|continuation|page[_-]?token|cancel|max[_-]?token|id[_-]?token[_-]?hint/i;

const SPELLED = (words: readonly string[]): string[] =>
  words.flatMap((w) => [w, w.toUpperCase(), w.slice(0, 1).toUpperCase() + w.slice(1)]);

const VALUE_MIN = 16;
const VALUE_MAX = 200;
/** What is shorter may have been thought up by somebody, who could then be told by a digest that it was guessed. */
const CHOSEN_MAX = 24;

/** A value that chance has chosen. */
export const secretForm: FoundForm = {
  by: "keyword",
  keywords: SPELLED([
    "secret",
    "token",
    "credential",
    "apikey",
    "api_key",
    "api-key",
    "access_key",
    "access-key",
    "accesskey",
    "auth_key",
    "private_key",
    "signing_key",
    "encryption_key",
    "master_key",
  ]).concat(
    "apiKey",
    "ApiKey",
    "AccessKey",
    "PrivateKey",
    "accessKey",
    "authKey",
    "privateKey",
    "signingKey",
    "encryptionKey",
    "masterKey",
  ),
  isGeneric: true,
  find: (view, { end }) => {
    if (view.isBinary) return null;
    const given = view.assignment(end);
    if (given === null || !SECRET_NAME.test(given.name) || OTHER_NAME.test(given.name)) return null;
    const isHeader = isHeaderOption(view, given);
    if (!isHeader && !isPlace(given, view.path)) return null;
    const value = view.text(given.valueFrom, given.valueTo);
    const isTold =
      isRandomValue(value) ||
      isFrameworkKey(value) ||
      (isHeader && UUID.test(value)) ||
      (isSettingsFile(view.path) && isShortKey(value));
    if (!isTold) return null;
    return {
      from: given.valueFrom,
      to: given.valueTo,
      shown: `${given.name}=…`,
      proof: "context",
      ...(value.length < CHOSEN_MAX ? { isPassword: true } : {}),
    };
  },
};

/** A value that a person has chosen: told only where values are no code. */
export const passwordForm: FoundForm = {
  by: "keyword",
  keywords: SPELLED(["password", "passwd", "pwd", "passphrase"]).concat(
    "PassPhrase",
    "_pass",
    "_PASS",
    "requirepass",
    "masterauth",
  ),
  isGeneric: true,
  find: (view, { end }) => {
    if (view.isBinary) return null;
    const given = view.assignment(end) ?? argumentAt(view, end);
    if (given === null || !PASSWORD_NAME.test(given.name) || OTHER_NAME.test(given.name))
      return null;
    const value = view.text(given.valueFrom, given.valueTo);
    if (!isPassword(view, given, value) || isNoPassword(value) || isReference(value)) return null;
    return {
      from: given.valueFrom,
      to: given.valueTo,
      shown: given.separator === "(" ? `${given.name}(…)` : `${given.name}=…`,
      proof: "context",
      isPassword: true,
    };
  },
};

function isPassword(view: SecretView, given: Assignment, value: string): boolean {
  const isShort = value.length >= 6 && isMixed(value);
  if (isSetting(view, given)) return isShort || isOfAddress(view, given, value);
  if (!given.isQuoted || !isPlace(given, view.path)) return false;
  if (isDefined(view, given)) return isShort || isDefinedLogin(view, given, value);
  return isRandomValue(value) || isChosen(value);
}

/** In code there are many words in quotes, and few of them are made like this. */
function isChosen(value: string): boolean {
  return (
    value.length >= 10 &&
    value.length <= 40 &&
    /^[!-~]+$/.test(value) &&
    [/[a-z]/, /[A-Z]/, /\d/].every((sort) => sort.test(value)) &&
    !isWords(value)
  );
}

/** Whether what is given to a name is its value, and no code. */
function isSetting(
  view: SecretView,
  { separator, name, nameFrom, valueFrom, valueTo }: Assignment,
): boolean {
  const extension = extensionOf(baseName(view.path).toLowerCase());
  switch (separator) {
    case "=":
      // A shell gives values where nothing stands between.
      return (
        isSettingsFile(view.path) ||
        (isShell(view.path) && view.text(valueFrom - 1, valueFrom) === "=")
      );
    case ":":
      return isSettingsFile(view.path);
    case ">":
      return extension === "xml" && view.text(valueTo, valueTo + 2) === "</";
    case " ":
      return (
        (name.startsWith("--") && (isSettingsFile(view.path) || isShell(view.path))) ||
        /^(?:requirepass|masterauth)$/.test(name) ||
        /(?:^|\n)[ \t]{0,8}(?:ENV|ARG)[ \t]{1,4}$/.test(
          view.text(Math.max(0, nameFrom - 20), nameFrom),
        )
      );
    default:
      return false;
  }
}

const SHELL = new Set(["sh", "bash", "zsh", "ksh", "bats"]);

/** Programs of a shell, what it reads when it starts, and what it remembers. */
function isShell(path: string): boolean {
  const name = baseName(path).toLowerCase();
  return (
    SHELL.has(extensionOf(name)) ||
    /^\.(?:(?:bash|zsh|sh|ksh)_?(?:history|rc|profile|login|env)|profile|zprofile|zshenv|envrc)$/.test(
      name,
    )
  );
}

/** A token in a header. @see RFC 6750, section 2.1; RFC 9110, section 11.6.2 */
export const bearerForm: FoundForm = {
  by: "keyword",
  keywords: ["Bearer ", "bearer ", "uthorization:"],
  isGeneric: true,
  find: (view, { at, end }) => {
    if (view.isBinary) return null;
    const isHeader = view.text(end - 1, end) === ":";
    if (!isHeader && !/authorization/i.test(view.text(Math.max(0, at - 40), at))) return null;
    const [whole = "", scheme = "", value = ""] =
      (isHeader ? HEADER : BEARER).exec(view.text(end, end + 700)) ?? [];
    if (!isRandomValue(value, 600) && !(isHeader && UUID.test(value))) return null;
    const from = end + whole.length - value.length;
    const shown = isHeader ? `Authorization: ${scheme}…` : "Bearer …";
    return { from, to: from + value.length, shown, proof: "context" };
  },
};

const BEARER = /^()([A-Za-z0-9_.~+/=-]{20,600})/;
const HEADER =
  /^ {0,4}((?:(?:[Aa]pi-)?[Tt]oken |[Bb]ot )?)([A-Za-z0-9_.~+/=-]{20,600})(?=["'`\s]|$)/;
const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;

/** `-H "X-Api-Key: value"`: the quotes stand around both. */
function isHeaderOption(view: SecretView, { separator, nameFrom, valueTo }: Assignment): boolean {
  if (separator !== ":") return false;
  const before = /(?:-H|--header)[ =]{1,2}(["'])$/.exec(
    view.text(Math.max(0, nameFrom - 14), nameFrom),
  );
  return before?.[1] !== undefined && view.text(valueTo, valueTo + 1) === before[1];
}

/** As web frameworks make them: long, of all characters that a keyboard has. */
function isFrameworkKey(value: string): boolean {
  return (
    /^[!-~ ]{40,128}$/.test(value) &&
    (value.match(/[^A-Za-z0-9 ]/g)?.length ?? 0) >= 6 &&
    (value.match(/ /g)?.length ?? 0) <= 3 &&
    /\d/.test(value) &&
    !/\$\{|\{\{|%\(|:\/\/|[a-z]{7}/i.test(value) &&
    entropyOf(value) >= 4.4
  );
}

/** Too short to tell by chance alone; of all sorts of characters. */
function isShortKey(value: string): boolean {
  return (
    value.length >= 12 &&
    value.length < VALUE_MIN &&
    [/[a-z]/, /[A-Z]/, /\d/].every((sort) => sort.test(value)) &&
    !isNoPassword(value) &&
    !isReference(value) &&
    !isWords(value)
  );
}

function isRandomValue(value: string, max = VALUE_MAX): boolean {
  if (
    value.length < VALUE_MIN ||
    value.length > max ||
    !/^[A-Za-z0-9_+/=.~!@#$%^&*-]+$/.test(value)
  )
    return false;
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value) || isPlaceholder(value) || isReference(value))
    return false;
  if (/^[0-9a-fA-F]+$/.test(value)) return value.length >= 24 && entropyOf(value) >= 3;
  return entropyOf(value) >= (value.length < 24 ? 3.6 : 4) && !isWords(value);
}

/** Paths, addresses, names of things, parts of programs. */
function isReference(value: string): boolean {
  return (
    /^(?:\.{0,2}\/|https?:|[a-z]+:\/\/|arn:|projects\/|secrets?\/|vault:|ref\+|file:|env\.|process\.|sha\d+-|data:)|\(\)?|::|\.(?:json|ya?ml|pem|key|txt|js|ts|py|sh|env)$/i.test(
      value,
    ) || /^[\w$]+(?:\.[A-Za-z_$][\w$]*)+$/.test(value)
  );
}

/** Words with something between them, or camel case, as names are made. */
function isWords(value: string): boolean {
  const parts = value.split(/[_.\-/+=]|(?<=[a-z])(?=[A-Z])/).filter((part) => part !== "");
  const words = parts.filter((part) => /^(?:[A-Za-z]?[a-z]{2,}|[A-Z]{2,}|\d{1,4})$/.test(part));
  return words.length * 2 > parts.length;
}

const SETTINGS = new Set([
  "env",
  "properties",
  "ini",
  "cfg",
  "conf",
  "cnf",
  "config",
  "toml",
  "yaml",
  "yml",
  "tf",
  "hcl",
  "tfvars",
  "tfstate",
  "credentials",
  // Units of systemd and Podman, with their environments.
  "service",
  "container",
]);
const MADE = new Set([
  "map",
  "lock",
  "svg",
  "snap",
  "sum",
  "po",
  "pot",
  "css",
  "html",
  "htm",
  "md",
  "rst",
  "txt",
]);

/** Files of settings, and the configuration of an image. */
function isSettingsFile(path: string): boolean {
  const name = baseName(path).toLowerCase();
  return (
    SETTINGS.has(extensionOf(name)) ||
    /^\.env|\.env\.|^env$|^dockerfile|^kubeconfig$|^\.(?:npmrc|pypirc|my\.cnf|s3cfg|boto)$/.test(
      name,
    ) ||
    /^(?:appsettings|secrets?|credentials?)(?:[.-][\w.-]+)?\.json$/.test(name) ||
    /(?:^|\/)\.kube\/config$/.test(path) ||
    path.startsWith(IMAGE_CONFIGURATION)
  );
}

/** A file that calls itself an example says of all its values what they are. */
const EXAMPLE_FILE = /(?:^|[._-])(?:examples?|samples?|templates?)(?:[._-]|$)/;

/** How places in an image's configuration begin. */
const IMAGE_CONFIGURATION = "image configuration: ";

function isPlace(given: Assignment, path: string): boolean {
  const name = baseName(path).toLowerCase();
  if (EXAMPLE_FILE.test(name)) return false;
  if (MADE.has(extensionOf(name)) || /(?:-lock\.json|\.min\.js|\.d\.ts)$/.test(name)) return false;
  return isSettingsFile(path)
    ? given.separator !== " "
    : given.isQuoted && given.separator !== " " && given.separator !== ">";
}
