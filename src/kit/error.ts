// Failures that end an operation. What belongs here: the one error class and the one list of codes.
// "The answer is no" is a value, "we could not look" is a Problem (model/problem.ts); neither is thrown.

/**
 * Every way in which an operation can fail, with the exit code of the process and, for the manual,
 * when it happens. Codes are public API: they are never renamed and never reused.
 */
export const ERROR_CODES = {
  /** The command line cannot be understood. Read the hint or `--help`. */
  usage: { exitCode: 2, when: "the command line cannot be understood" },
  /** The user or the system asked us to stop (SIGINT, SIGTERM). */
  interrupted: { exitCode: 130, when: "the run was interrupted" },
  /** A file, folder or image that was named does not exist. */
  "not-found": { exitCode: 1, when: "what was named does not exist" },
  /** A file or folder exists and cannot be read (permission, device error). */
  unreadable: { exitCode: 1, when: "a named file cannot be read" },
  /** The result cannot be written where it was asked for. */
  "output-unwritable": { exitCode: 1, when: "the output cannot be written" },
  /** The disk is full; nothing was left half-written. */
  "disk-full": { exitCode: 1, when: "the disk is full" },
  /** An image reference is not of the form [registry/]repository[:tag][@digest]. */
  "reference-invalid": { exitCode: 2, when: "an image reference is malformed" },
  /** An archive, layout or manifest is not what its format demands. */
  "archive-invalid": { exitCode: 1, when: "an image archive, layout or manifest is malformed" },
  /** Bytes do not have the digest under which they were asked for. */
  "digest-mismatch": { exitCode: 1, when: "content does not match its digest" },
  /** The image has no manifest for the platform that was asked for. */
  "platform-not-found": { exitCode: 1, when: "the image does not exist for the platform" },
  /** Something is larger, deeper or longer than the bounds we read within. */
  "limit-exceeded": { exitCode: 1, when: "input exceeds a safety bound" },
  /** The registry wants credentials, or refused those it got. */
  "registry-auth": { exitCode: 1, when: "the registry refused the credentials" },
  /** The registry knows who we are and denies access. */
  "registry-denied": { exitCode: 1, when: "the registry denied access" },
  /** The registry does not have the repository, tag or digest. */
  "registry-not-found": { exitCode: 1, when: "the registry does not have the image" },
  /** The registry asks us to slow down, beyond what we wait for. */
  "registry-rate-limited": { exitCode: 1, when: "the registry's rate limit is reached" },
  /** The registry cannot be reached, stalls, or answers with a server error. */
  "registry-unavailable": { exitCode: 1, when: "the registry cannot be reached or failed" },
  /** A credential helper named in Docker's configuration failed. */
  "credential-helper": { exitCode: 1, when: "a credential helper failed" },
  /** The container engine's socket cannot be reached, or it answered with an error. */
  "engine-unavailable": { exitCode: 1, when: "the container engine cannot be reached" },
  /** A network address was needed while `--offline` forbids any. */
  offline: { exitCode: 1, when: "the network is needed and --offline forbids it" },
  /** A server other than a registry cannot be reached or failed. */
  "fetch-failed": { exitCode: 1, when: "a download failed" },
  /** There is no advisory store where one was named. */
  "store-missing": { exitCode: 1, when: "the advisory store does not exist" },
  /** The advisory store is damaged, or of a version we do not read. */
  "store-invalid": { exitCode: 1, when: "the advisory store cannot be used" },
  /** Advisory data that was to be built into the store is malformed. */
  "feed-invalid": { exitCode: 1, when: "advisory data is malformed" },
  /** A file that the user wrote for us (configuration, exceptions, baseline) is malformed. */
  "config-invalid": { exitCode: 2, when: "a configuration file is malformed" },
  /** An SBOM or SARIF file given as target is malformed. */
  "document-invalid": { exitCode: 1, when: "an SBOM, VEX or SARIF document is malformed" },
  /** A CEL expression cannot be compiled, or may cost more than it may. */
  "expression-invalid": { exitCode: 2, when: "an expression cannot be compiled" },
  /** A decision that must be recorded cannot be appended to the evidence log. */
  "evidence-unwritable": { exitCode: 1, when: "a decision cannot be recorded as evidence" },
  /** A signature, bundle, certificate or statement is malformed. */
  "signature-invalid": { exitCode: 1, when: "a signature, bundle or certificate is malformed" },
  /** A service that signs, logs or stamps refused, cannot be reached, or answered what it may not. */
  "signing-failed": { exitCode: 1, when: "a service that is needed to sign failed" },
  /** A key cannot be read: its form, its kind, or its password is wrong. */
  "key-invalid": { exitCode: 1, when: "a key cannot be used, or its password is wrong" },
  /** The API of a Kubernetes cluster refuses what is needed of it, or cannot be reached. */
  "cluster-failed": { exitCode: 1, when: "the API of a cluster refuses, or cannot be reached" },
  /** The sensor cannot observe this host: no privilege, an old kernel, a part that is missing. */
  "sensor-unavailable": { exitCode: 1, when: "the sensor cannot observe this host" },
  /** The system's manager of services refuses what is needed of it. */
  "service-failed": { exitCode: 1, when: "a service of this host cannot be started or stopped" },
  /** A server cannot listen where it was told to. */
  "port-unusable": { exitCode: 1, when: "a server cannot listen on its port" },
  /** A defect in Bulwark. */
  internal: { exitCode: 1, when: "a defect in Bulwark" },
} as const;

/** Callers switch on this and on nothing else; nobody matches on texts. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** What an {@link AppError} is made of, beyond code and message. */
export interface ErrorFacts {
  /** What the user can do about it: an imperative, lower case, no full stop. */
  readonly hint?: string;
  /** The digest, path or reference that it was about. */
  readonly subject?: string;
  readonly cause?: unknown;
}

/**
 * An operation failed.
 *
 * The message says the action, quotes the value, then a colon and the state: `cannot read policy "a.yaml": rule 3 has no
 * reason`. Lower case, no full stop. Credentials are redacted by whoever constructs it.
 */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly hint: string | null;
  readonly subject: string | null;

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.hint = facts.hint ?? null;
    this.subject = facts.subject ?? null;
  }
}

/** The text of anything thrown, for wrapping it into a message of ours: of an error of the system what the system calls it. */
export function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const { message } = thrown;
  return "syscall" in thrown ? (SYSTEM_ERROR.exec(message)?.[1] ?? message) : message;
}

/** As Node writes it: the code, the words, the call and what it was about. The message that wraps it names that itself. */
const SYSTEM_ERROR = /^E[A-Z0-9]+: ([^,]+), \w+(?: '.*')?$/s;
