// Options and variables by which programs stop to verify whom they talk to.
import type { ShellCommand, ShellWord } from "../../../model/shell.ts";

const OFF = /^(?:0|false|no|off|never|none)$/i;
const ON = /^(?!$|(?:0|false|no|off)$)/i;

/** Variables, and the values by which they switch it off. */
const VARIABLES: ReadonlyMap<string, RegExp> = new Map([
  ["NODE_TLS_REJECT_UNAUTHORIZED", OFF],
  ["PYTHONHTTPSVERIFY", OFF],
  ["GIT_SSL_NO_VERIFY", ON],
  ["NPM_CONFIG_STRICT_SSL", OFF],
  ["YARN_STRICT_SSL", OFF],
  ["YARN_ENABLE_STRICT_SSL", OFF],
  ["PIP_TRUSTED_HOST", ON],
  ["UV_INSECURE_HOST", ON],
  ["GOINSECURE", ON],
  ["GONOSUMCHECK", ON],
  ["CURL_INSECURE", ON],
  ["CARGO_HTTP_CHECK_REVOKE", OFF],
  ["CONDA_SSL_VERIFY", OFF],
  ["BUNDLE_SSL_VERIFY_MODE", /^0$/],
  ["HOMEBREW_CURLRC_INSECURE", ON],
]);

/** Whether a variable of that name and value does. */
export function switchesOffByName(name: string, value: string): boolean {
  return VARIABLES.get(name.toUpperCase())?.test(value.trim()) === true;
}

/** The word of a command by which it does; null when it has none. */
export function switchesOffByWords({ name, words }: ShellCommand): ShellWord | null {
  switch (name) {
    case "curl":
      return words.find(isInsecureCurl) ?? null;
    case "wget":
      return first(words, /^--no-check-certificate(?:=.*)?$/);
    case "http":
    case "https":
      return first(words, /^--verify=(?:no|false)$/);
    case "git":
      return (
        first(words, /^http\..*sslverify=(?:false|0|no|off)$/i) ??
        after(words, /^http\..*sslverify$/i, OFF)
      );
    case "npm":
    case "pnpm":
    case "yarn":
      return (
        first(words, /^(?:--)?(?:no-strict-ssl|strict-ssl=(?:false|0))$/) ??
        after(words, /^(?:--)?(?:strict-ssl|enableStrictSsl)$/, OFF)
      );
    case "conda":
    case "mamba":
      return after(words, /^ssl_verify$/, OFF) ?? first(words, /^(?:-k|--insecure)$/);
    case "composer":
      return (
        after(words, /^(?:disable-tls)$/, /^(?:true|1)$/) ?? after(words, /^secure-http$/, OFF)
      );
    default:
      return name === null ? null : ofPackages(name, words);
  }
}

function ofPackages(name: string, words: readonly ShellWord[]): ShellWord | null {
  if (/^(?:pip[\d.]*|python[\d.]*|uv|pipx)$/.test(name))
    return first(words, /^--(?:trusted-host|allow-insecure-host)(?:=.*)?$/);
  if (/^apt(?:-get|itude)?$/.test(name))
    return first(
      words,
      /^(?:-o)?Acquire::https(?:::[^=]*)?::Verify-(?:Peer|Host)=(?:false|0|no)$/i,
    );
  if (/^(?:yum|dnf|microdnf|tdnf|yum-config-manager)$/.test(name))
    return (
      first(words, /^(?:--setopt=)?(?:\*\.|[\w-]+\.)?sslverify=(?:false|0|no|off)$/i) ??
      after(words, /^--setopt$/, /sslverify=(?:false|0|no)/i)
    );
  // What is written into the settings of yum.
  if (name === "echo" || name === "printf" || name === "sed")
    return first(words, /(?:^|\b)sslverify\s*=\s*(?:false|0|no)\b/i);
  return null;
}

/** `-k` among letters of which none before takes the rest for its value. */
function isInsecureCurl({ value }: ShellWord): boolean {
  return (
    value === "--insecure" ||
    value === "--proxy-insecure" ||
    /^-[#0-9afgijlnpqsvGILNORSV]*k/.test(value)
  );
}

function first(words: readonly ShellWord[], form: RegExp): ShellWord | null {
  return words.find(({ value }) => value.length < 500 && form.test(value)) ?? null;
}

/** A word with the value that follows it. */
function after(words: readonly ShellWord[], form: RegExp, value: RegExp): ShellWord | null {
  return (
    words.find((word, i) => form.test(word.value) && value.test(words[i + 1]?.value ?? "")) ?? null
  );
}
