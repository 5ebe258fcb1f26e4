import type { Assignment } from "../../kit/assignment.ts";
import type { SecretProof } from "../../model/finding.ts";
import type { Plugin } from "../../model/plugin.ts";
import type { Severity } from "../../model/severity.ts";

/** What one provider, or one family of formats, gives out. A plugin of the family `secrets`. */
export interface SecretGroup extends Plugin {
  readonly kinds: readonly SecretKind[];
  /** Forms in which secrets of any kind stand inside other texts. */
  readonly wrappings?: readonly SecretWrapping[];
}

/** One kind of secret: how it is told, and what follows. Data, so that hundreds cost one pass. */
export interface SecretKind {
  /** Names the rule in reports and exceptions: never renamed, never used again. */
  readonly id: string;
  /** `GitHub personal access token`. */
  readonly title: string;
  readonly severity: Severity;
  /** Who can revoke it, or what else makes it useless: `revoke it at GitHub`. */
  readonly remedy: string;
  readonly form: SecretForm;
}

/** How a kind is told: by its own look, by the name it is given to, or by what stands around it. */
export type SecretForm = TokenForm | NamedForm | FoundForm;

/** A secret with a look of its own. */
export interface TokenForm {
  readonly by: "token";
  /** Each begins with a literal, which is what is searched for. @see shapeOf */
  readonly shapes: readonly string[];
  readonly check?: SecretCheck;
}

/** A secret that looks like others, given to a name that says whose it is. */
export interface NamedForm {
  readonly by: "name";
  /** Lower case; found in names as `word`, `WORD` and `Word`. */
  readonly words: readonly string[];
  readonly shapes: readonly string[];
  readonly check?: SecretCheck;
  /** Whether the word alone says that it is a secret. */
  readonly isWhole?: true;
  /** Whether a name must be one of the words, and not only hold it. */
  readonly isExact?: true;
  /** Whether a password that people have thought up is in it: then neither its end nor its digest is told. */
  readonly isPassword?: true;
}

/** Anything else: looked at by code, wherever a keyword stands. */
export interface FoundForm {
  readonly by: "keyword";
  readonly keywords: readonly string[];
  /** Never throws, whatever the bytes; looks at no more than {@link REACH_BYTES} on either side. */
  readonly find: (
    view: SecretView,
    keyword: { readonly at: number; readonly end: number },
  ) => FoundSecret | null;
  /** Whether it may be any kind of secret: whatever else is found at the same place goes first. */
  readonly isGeneric?: true;
}

/** How far around a keyword is looked. */
export const REACH_BYTES = 16_384;

/** What a value itself proves; `false` when its checksum or structure does not hold, so that it is no secret. */
export type SecretCheck = (value: string) => SecretProof | false;

/** Bytes in which a keyword was found. */
export interface SecretView {
  readonly bytes: Uint8Array;
  /** Where the file ends, or what is at hand of it. */
  readonly end: number;
  readonly path: string;
  readonly isBinary: boolean;
  /** One character for each byte. */
  text(from: number, to: number): string;
  /** The value that is given to the name around a place; null when there is none. */
  assignment(at: number): Assignment | null;
}

/** What code found. */
export interface FoundSecret {
  /** The secret itself, as offsets into the bytes. */
  readonly from: number;
  readonly to: number;
  /** The secret, where the bytes have it in another form; by it the same one is known again. */
  readonly secret?: string;
  /** What may be shown of it. */
  readonly shown: string;
  readonly proof: SecretProof;
  /** Whether people have thought it up: then its digest would betray it. */
  readonly isPassword?: true;
  /** Says more than the kind: `encrypted`. */
  readonly note?: string;
  readonly severity?: Severity;
}

/** Texts that stand inside another in a form of their own, which are searched like any other. */
export interface SecretWrapping {
  /** What says that there are some. */
  readonly keywords: readonly string[];
  /** Never throws, whatever the bytes; looks at no more than {@link REACH_BYTES} on either side. */
  readonly open: (
    view: SecretView,
    keyword: { readonly at: number; readonly end: number },
  ) => readonly WrappedText[];
}

/** A text that stands inside another. */
export interface WrappedText {
  /** Where it stands, as offsets into the bytes. */
  readonly from: number;
  readonly to: number;
  /** What it is called, as a file would be: for kinds that look at that. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** How it stands there: `in base64`. */
  readonly note: string;
}

/** A place where a secret stands. Holds nothing of the secret that would help anybody: it is cached and printed. */
export interface SecretHit {
  /** Id of the kind. */
  readonly kind: string;
  readonly path: string;
  /** Where in it, when it is an archive or compressed: `lib/a.jar!/app.properties`. */
  readonly inside?: string;
  /** From 1; absent in binary files. */
  readonly line?: number;
  readonly column?: number;
  readonly shown: string;
  readonly fingerprint: string;
  readonly isPassword?: true;
  readonly proof: SecretProof;
  readonly note?: string;
  readonly severity: Severity;
}

/** What a search of files gave. */
export interface SecretReading {
  readonly hits: readonly SecretHit[];
  /** What was not searched, or not told. */
  readonly problems: readonly { readonly path?: string; readonly detail: string }[];
}
