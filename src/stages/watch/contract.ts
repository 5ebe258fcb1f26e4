// What conditions are asked about: fields of events. The compiler knows no event; whoever has events hands in a table of fields.
import type { AlertPriority } from "../../model/alert.ts";
import type { EventType, Parameter, TextBytes } from "../../model/event.ts";
import type { TextPart } from "./text-patterns.ts";

/** How the values of a field compare. `bytes` are one character a byte, addresses are texts, a network is asked of an address. */
export type FieldType = "text" | "number" | "boolean" | "bytes" | "address" | "network";

/** One value of a field: what its type says. */
export type FieldValue = string | number | bigint | boolean;

/**
 * How a field is read, its argument known. Null and an empty list are a missing value, of which nothing is true.
 *
 * `list`: all its values belong to it. `any`: one is enough for every operator (the ancestors of a process). `ends`: one of both ends
 * of a connection is enough, but `!=` wants both.
 */
export type FieldReading<E> =
  | {
      readonly kind: "one";
      read(event: E): FieldValue | null;
      /** Whether events of a kind never have a value. */
      readonly isAbsent?: (eventName: string) => boolean;
    }
  | { readonly kind: "list" | "ends"; read(event: E): readonly FieldValue[] | null }
  | { readonly kind: "any"; some(event: E, test: (value: FieldValue) => boolean): boolean };

/** A field that conditions and outputs can name. */
export interface Field<E> {
  readonly type: FieldType;
  /** What reading it costs, 1 for a property of the event or its process. */
  readonly cost: number;
  /** May stand in conditions only, or in outputs only; null for both. */
  readonly place: "condition" | "output" | null;
  /** May be given to `val()` and transformers. */
  readonly isOperand: boolean;
  /** What is said to who uses it; null for a field that needs no word. */
  readonly caution: Caution | null;
  /** @returns a text when the argument does not suit the field: what is expected, in lower case. */
  reading(argument: string | null): FieldReading<E> | string;
}

/** What is to be known of a field: lower case, as it follows the name. */
export interface Caution {
  readonly message: string;
  /** It is said of conditions only: an output shows what there is. */
  readonly isOfConditions: boolean;
}

/** All fields of one source of events. */
export interface FieldTable<E> {
  /** Null when there is none of that name, or none that we can answer. */
  field(name: string): Field<E> | null;
  /** Why a field of that name is not answered, when it is known to Falco; null when it is not. */
  absence(name: string): string | null;
  /** For suggestions. */
  names(): readonly string[];
  /** What many fields hang on, so that it need not be asked of each; none where that is not known. */
  readonly texts?: readonly TextFields<E>[];
  readonly lasting?: LastingFields<E>;
}

/** Fields that say no more than one text and its form do: those of a path and of what kind of file it is. */
export interface TextFields<E> {
  /** By name: what of the text it is, or null for what the form alone says. */
  readonly parts: ReadonlyMap<string, TextPart | null>;
  /** Below 16; -1 for an event that has no such text. */
  form(event: E): number;
  read(event: E): string;
  /** The bytes of the text; null where they are to be asked for by `read`. */
  bytes(event: E): TextBytes | null;
  /** Patterns of file names: bytes that fit one of them are not the text as it stands. */
  readonly unlike: readonly string[];
}

/** Fields that stay as they are over many events: those of a process. */
export interface LastingFields<E> {
  readonly names: ReadonlySet<string>;
  /** As long as both numbers are what they were, so are all these fields; 0 when nobody knows. */
  version(event: E): number;
  secondVersion(event: E): number;
}

/** A pattern of RE2 that must match a whole text; `fault` says why it is none. */
export type RegexCompiler = (
  pattern: string,
) =>
  | { readonly test: (text: string) => boolean; readonly fault: null }
  | { readonly test: null; readonly fault: string };

/** What the compiler needs to know of the world. */
export interface CompilerContext<E> {
  readonly fields: FieldTable<E>;
  readonly regex: RegexCompiler;
  /** Names that `evt.type` may have; null when they are not known. */
  readonly eventNames: ReadonlySet<string> | null;
}

/** One of our own rules for what runs: a condition in Falco's language, and what whoever is woken by it must know. */
export interface WatchRule {
  /** The name of its folder. */
  readonly id: string;
  /** What happened, in the present. */
  readonly title: string;
  readonly priority: AlertPriority;
  /** Of MITRE ATT&CK. */
  readonly techniques: readonly string[];
  readonly condition: string;
  /** What an attacker would do with it. */
  readonly why: string;
  readonly response: string;
  /** What raises it without being an attack. */
  readonly quietCases: string;
  /** Each raises it. */
  readonly fires: readonly ExampleEvent[];
  /** None raises any rule of ours. */
  readonly quiet: readonly ExampleEvent[];
}

/** An event of a test: in a container, by `sh`, unless it says otherwise. */
export interface ExampleEvent {
  readonly type: EventType;
  readonly isOnHost?: boolean;
  readonly process?: ExampleProcess;
  /** That it opened. */
  readonly file?: { readonly name: string; readonly realPath: string };
  /** The other end of its socket. */
  readonly peer?: { readonly address: string; readonly port: number; readonly path: string };
  readonly parameters?: Readonly<Record<string, Parameter>>;
  readonly result?: number;
}

export interface ExampleProcess {
  readonly name: string;
  readonly exePath?: string;
  /** Its first word; its name unless said otherwise. */
  readonly exe?: string;
  readonly cwd?: string;
  readonly arguments?: readonly string[];
  readonly isMemory?: boolean;
  /** It was begun on the host; its program is in no layer of the container. */
  readonly isOfHost?: boolean;
  /** Its program lies in a volume, and so does that of its parent. */
  readonly isInVolume?: boolean;
  /** Where the program of its parent lies. */
  readonly parentPath?: string;
}

/** Whom rules leave out, with those who are meant and those who would like to be: a rule that leaves them out tries each. */
export interface LeftOut {
  readonly condition: string;
  readonly those: readonly ExampleProcess[];
  readonly others: readonly ExampleProcess[];
}

/**
 * A container's runtime: while it sets a container up it already counts as in it. It is known by where it
 * was begun (`proc.is_exe_of_host`), which nobody in a container can make so; its name and where it lies say nothing by themselves,
 * since anybody may take them, but of what begins among the host's mounts only a runtime is meant.
 */
export const BY_RUNTIME: LeftOut = {
  condition:
    '(proc.is_exe_of_host = true and (proc.exepath endswith /runc or proc.exepath endswith /crun or proc.exepath endswith /youki or proc.exepath startswith "memfd:runc_cloned"))',
  those: [
    { name: "exe", exePath: "/usr/sbin/runc", isOfHost: true },
    { name: "runc:[1:CHILD]", exePath: "/runc", isOfHost: true },
  ],
  others: [
    { name: "runc:[2:INIT]", exePath: "/tmp/runc" },
    { name: "runc", exePath: "/data/runc", isInVolume: true },
    { name: "runc", exePath: "memfd:runc_cloned:/proc/self/exe", isMemory: true, isInVolume: true },
  ],
};

/**
 * A package manager of the image, or a script of a package that one runs. Options of dpkg and rpm run
 * anything, so that what they began is a script only where it lies where they put scripts. Whoever may install a package can still
 * have one do it: that is for the rule about installing. apt is none of them, because it leaves all of that to dpkg.
 */
export const BY_PACKAGE_MANAGER: LeftOut = {
  condition: byPackageManager([
    "/usr/bin/dpkg",
    "/usr/bin/rpm",
    "/sbin/apk",
    "/usr/sbin/apk",
    "/usr/bin/apk",
    "/usr/bin/microdnf",
    "/usr/bin/dnf5",
    "/usr/bin/zypper",
    "/usr/bin/pacman",
  ]),
  those: [
    { name: "dpkg", exePath: "/usr/bin/dpkg" },
    {
      ...{ name: "tool.postinst", exePath: "/usr/bin/dash", parentPath: "/usr/bin/dpkg" },
      arguments: ["-e", "/var/lib/dpkg/info/tool.postinst", "configure"],
    },
    {
      ...{ name: "sh", exePath: "/usr/bin/bash", parentPath: "/usr/bin/rpm" },
      arguments: ["/var/tmp/rpm-tmp.a1B2c3", "1"],
    },
  ],
  others: [
    { name: "dpkg", exePath: "/tmp/dpkg" },
    { name: "dpkg", exePath: "/usr/bin/dpkg", isInVolume: true },
    {
      ...{ name: "tool.postinst", exePath: "/usr/bin/dash", parentPath: "/usr/bin/dpkg" },
      ...{ arguments: ["/var/lib/dpkg/info/tool.postinst", "configure"], isInVolume: true },
    },
    {
      ...{ name: "sh", exePath: "/usr/bin/dash", parentPath: "/usr/bin/rpm" },
      arguments: ["-c", "chmod u+s /tmp/sh"],
    },
  ],
};

function byPackageManager(paths: readonly string[]): string {
  const some = `(${paths.join(", ")})`;
  // These two are scripts.
  const python =
    "(proc.name in (dnf, yum) and proc.exepath startswith anyof (/usr/bin/python, /usr/libexec/platform-python))";
  // Of dpkg, rpm, apk and pacman, behind the options of the line that begins a script.
  const script =
    '"(?s)(-[A-Za-z]+ )*(/var/lib/dpkg/(info|tmp[.]ci)/|/var/tmp/rpm-tmp[.]|/?(usr/)?lib/apk/exec/|[.] /tmp/alpm_[A-Za-z0-9]+/[.]INSTALL; ).*"';
  return `((proc.is_exe_lower_layer = true and (proc.exepath in ${some} or ${python})) or (proc.aexepath_of_image in ${some} and (proc.args regex ${script} or proc.aargs regex ${script})))`;
}

/**
 * The service of an engine, on the host. It unpacks images and copies into containers below a root of its own, so a path
 * that it writes to (`/etc/ld.so.preload`) is of an image, and not of the host. It is known by where it lies and was begun, which
 * nobody in a container can make so; a process of the host in a mount namespace of its own can. Programs for people (docker,
 * podman, ctr) are none: they write to the host, too.
 */
export const BY_ENGINE: LeftOut = {
  condition:
    "(proc.is_exe_of_host = true and proc.exepath in (/usr/bin/dockerd, /usr/sbin/dockerd, /usr/local/bin/dockerd, /usr/bin/containerd, /usr/local/bin/containerd, /usr/bin/crio, /usr/local/bin/crio, /usr/bin/buildkitd, /usr/local/bin/buildkitd))",
  those: [{ name: "dockerd", exePath: "/usr/bin/dockerd" }],
  others: [{ name: "dockerd", exePath: "/tmp/dockerd" }],
};
