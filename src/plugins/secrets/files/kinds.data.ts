import type { Severity } from "../../../model/severity.ts";
import type { FoundForm, SecretGroup, SecretKind } from "../../../stages/secrets/contract.ts";
import { named } from "../shared/rows.ts";
import { kubernetesSecret } from "./kubernetes-secret.ts";
import { filezillaForm, hashForm, netrcForm, pgpassForm } from "./password-files.ts";

const REMEDY = "change the password, and leave the file out of what others can read";

function login(id: string, title: string, facts: { readonly form: FoundForm; readonly severity?: Severity }): SecretKind {
  return { id, title, severity: facts.severity ?? "medium", remedy: REMEDY, form: facts.form };
}

export const files: SecretGroup = {
  id: "files",
  title: "Files of logins, and secrets of frameworks",
  needs: [],
  state: "trial",
  wrappings: [kubernetesSecret],
  kinds: [
    login("netrc-login", "login in a .netrc file", { form: netrcForm, severity: "high" }),
    login("pgpass-login", "login in a .pgpass file", { form: pgpassForm, severity: "high" }),
    login("filezilla-login", "login in FileZilla's list of servers", { form: filezillaForm, severity: "high" }),
    login("hash-sha512", "hash of a password (SHA-512 crypt)", { form: hashForm(["$6$"], /^\$6\$(?:rounds=\d{1,9}\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{86}(?![./A-Za-z0-9])/) }),
    login("hash-sha256", "hash of a password (SHA-256 crypt)", { form: hashForm(["$5$"], /^\$5\$(?:rounds=\d{1,9}\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{43}(?![./A-Za-z0-9])/) }),
    login("hash-yescrypt", "hash of a password (yescrypt)", { form: hashForm(["$y$"], /^\$y\$[./A-Za-z0-9]{1,86}\$[./A-Za-z0-9]{1,86}\$[./A-Za-z0-9]{43}(?![./A-Za-z0-9])/) }),
    login("hash-md5", "hash of a password (MD5 crypt)", { form: hashForm(["$1$", "$apr1$"], /^\$(?:1|apr1)\$[./A-Za-z0-9]{1,8}\$[./A-Za-z0-9]{22}(?![./A-Za-z0-9])/) }),
    login("hash-bcrypt", "hash of a password (bcrypt)", { form: hashForm(["$2y$", "$2b$", "$2a$"], /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}(?![./A-Za-z0-9])/) }),
    login("hash-sha1", "hash of a password (unsalted SHA-1)", { form: hashForm(["{SHA}"], /^\{SHA\}[A-Za-z0-9+/]{27}=/) }),
    named(["laravel-key", "Laravel application key", "base64:<base64:43>="], { at: "the application: run its key:generate", words: ["app_key"], isWhole: true }),
    named(["rails-secret", "Rails secret key base", "<hex:128>"], { at: "the application: make a new one", words: ["secret_key_base"], isWhole: true }),
    named(["django-secret", "Django secret key", "django-insecure-<dotted:30-60>"], { at: "the application: make a new one", severity: "medium", words: ["secret_key"], isWhole: true }),
  ],
};
