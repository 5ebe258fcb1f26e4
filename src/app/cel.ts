// `bulwark cel`: tries an expression of a policy on a file.
import { type CelResult, type CelVariable, compileCel, jsonOfCel } from "../formats/cel/cel.ts";
import { readPlainValues } from "../formats/plain-values.ts";
import { readNamed } from "../io/named-file.ts";
import { nextTurn } from "../io/next-turn.ts";
import { AppError } from "../kit/error.ts";
import { utf8 } from "../kit/text.ts";

/** What an expression gave for one document, or for none. */
export interface CelAnswer {
  /** `Pod/web`, as far as the document says; null without a document. */
  readonly subject: string | null;
  /** As JSON; null when there is an error. */
  readonly value: unknown;
  readonly error: string | null;
  /** What was spent. */
  readonly cost: number;
}

/** An expression with its answers. */
export interface CelTrial {
  /** What it gives, as far as is known before it runs. */
  readonly type: string;
  /** The most that one run may cost. */
  readonly costMax: number;
  readonly answers: readonly CelAnswer[];
}

export interface CelRequest {
  readonly expression: string;
  /** A file of JSON or YAML; each document is `object`. */
  readonly input: string | null;
  /** More variables, as `NAME=JSON`. */
  readonly variables: readonly string[];
}

/** What Kubernetes gives to an expression; all may be named, though not all have a value here. */
const ADMISSION_VARIABLES = ["object", "oldObject", "request", "params", "namespaceObject"];

/**
 * Compiles an expression and runs it for each document of a file, or once without a file.
 *
 * @throws {AppError} `expression-invalid`, `usage`, `not-found`, `unreadable`, `config-invalid`, and why it was interrupted.
 */
export async function tryCel(request: CelRequest, signal: AbortSignal): Promise<CelTrial> {
  const given = new Map(request.variables.map(variableOf));
  const names = [...ADMISSION_VARIABLES, ...given.keys()];
  const { program, fault } = compileCel(request.expression, {
    variables: Object.fromEntries(names.map((name): [string, CelVariable] => [name, {}])),
  });
  if (program === null)
    throw new AppError(
      "expression-invalid",
      `cannot compile the expression: line ${fault.line}, column ${fault.column}: ${fault.message}`,
      { hint: "what expressions may use is described in docs/guide/expressions.md" },
    );
  const { type, costMax } = program;
  const documents = request.input === null ? [null] : await documentsOf(request.input);
  const answers: CelAnswer[] = [];
  for (const document of documents) {
    // One run may take a second, and a file may have thousands of documents.
    await nextTurn();
    signal.throwIfAborted();
    const run = program.run({ ...variablesOf(document), ...Object.fromEntries(given) });
    answers.push(answerOf(document, run));
  }
  return { type, costMax, answers };
}

function variableOf(text: string): [string, unknown] {
  const [, name, json = ""] = /^([A-Za-z_][A-Za-z0-9_]*)=([\s\S]*)$/.exec(text) ?? [];
  const { values } = readPlainValues(json);
  if (name === undefined || values === null || values.length > 1)
    throw new AppError("usage", `cannot use --set ${JSON.stringify(text)}: it is not NAME=JSON`, {
      hint: 'as in --set limit=3, --set \'names=["a","b"]\'',
    });
  return [name, values[0] ?? null];
}

async function documentsOf(path: string): Promise<readonly unknown[]> {
  const { bytes } = await readNamed("input", path);
  const { values, damage } = readPlainValues(utf8(bytes));
  if (damage === null) return values;
  throw new AppError("config-invalid", `cannot read input ${JSON.stringify(path)}: ${damage}`, {
    hint: "give a file of JSON or YAML",
    subject: path,
  });
}

/** A review gives all that it holds; any other document is the object itself. */
function variablesOf(document: unknown): Record<string, unknown> {
  if (document === null) return {};
  if (textIn(document, "kind") !== "AdmissionReview") return { object: document };
  const request = memberIn(document, "request") ?? {};
  return {
    request,
    object: memberIn(request, "object") ?? null,
    oldObject: memberIn(request, "oldObject") ?? null,
  };
}

function answerOf(document: unknown, { value, error, cost }: CelResult): CelAnswer {
  return {
    subject: document === null ? null : subjectOf(document),
    value: error === null ? jsonOfCel(value) : null,
    error: error?.message ?? null,
    cost: Math.ceil(cost),
  };
}

function subjectOf(document: unknown): string {
  const name = textIn(memberIn(document, "metadata"), "name");
  return [textIn(document, "kind") ?? "document", ...(name === null ? [] : [name])].join("/");
}

function memberIn(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function textIn(value: unknown, name: string): string | null {
  const member = memberIn(value, name);
  return typeof member === "string" ? member : null;
}
