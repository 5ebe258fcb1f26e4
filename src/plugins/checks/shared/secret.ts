// Whether a value that stands under a name is a secret.

const SECRET_NAME =
  /(?:^|[_.-])(?:password|passwd|passphrase|pwd|secret|token|(?:api|access|private|secret|account|batch|storage|signing|encryption|master|ssh)_?key|credentials?|key_content)$/i;

export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name.slice(-200));
}

/** Where a value is to be found instead of the value itself: a path, a reference, a variable. */
const REFERENCE =
  /^(?:\/|\.{1,2}\/|\$|<|vault:|ref\+|secret:|arn:|projects\/|file:|op:\/\/|https?:\/\/[^@]*$)/;
const SETTING = /^(?:true|false|yes|no|on|off|none|null|\d{1,3})$/i;

/** Secrets that show by their form, whatever their name. */
const SECRET_FORM =
  /^(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{36}|github_pat_\w{20}|glpat-[\w-]{20}|xox[abprs]-\w|sk_live_\w|-{3,5}BEGIN [A-Z ]{0,30}PRIVATE KEY)|^[a-z][a-z0-9+.-]{1,20}:\/\/[^/@:\s]{0,100}:[^/@\s$<{]{1,200}@/;

/** Whether it is one by its form, or by its name and because it is neither a setting nor a reference. */
export function isSecret(name: string, value: string): boolean {
  const text = value.slice(0, 500).trim();
  if (SECRET_FORM.test(text)) return true;
  return text !== "" && isSecretName(name) && !REFERENCE.test(text) && !SETTING.test(text);
}
