// Files that hold secrets, by their names.

const NAMES: ReadonlySet<string> = new Set([
  ".env",
  ".git-credentials",
  ".netrc",
  ".npmrc",
  ".pgpass",
  ".pypirc",
  ".vault-token",
  ".yarnrc.yml",
  "id_dsa",
  "id_ecdsa",
  "id_ed25519",
  "id_rsa",
  "kubeconfig",
  "credentials.json",
  "service-account.json",
]);
const ENDINGS =
  /\.(?:p12|pfx|jks|keystore|kdbx|ovpn)$|(?:^|[._-])(?:private|server|tls|client)[._-]?key(?:\.pem)?$|\.key$/;
const PATHS =
  /(?:^|\/)(?:\.aws\/credentials|\.docker\/config\.json|\.kube\/config|\.config\/gcloud|\.ssh|\.gnupg)\/?$/;
/** Examples of such files, as projects ship them. */
const HARMLESS = /\.(?:example|sample|template|dist|pub)$/;

/** Whether a file of that name holds secrets, as far as a name tells. */
export function isCredentialFile(path: string): boolean {
  const lower = path.toLowerCase();
  const name = lower.slice(lower.lastIndexOf("/") + 1);
  if (HARMLESS.test(name)) return false;
  const isEnvironment = /^\.env\.[\w-]+$/.test(name);
  return NAMES.has(name) || isEnvironment || ENDINGS.test(name) || PATHS.test(lower);
}
