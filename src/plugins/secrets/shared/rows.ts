// How the rows of kinds are written: short, so that a provider's table can be read at a glance.
import type { Severity } from "../../../model/severity.ts";
import type { NamedForm, SecretCheck, SecretKind } from "../../../stages/secrets/contract.ts";

interface RowFacts {
  /** Who can revoke it. */
  readonly at: string;
  /** `high` when absent. */
  readonly severity?: Severity;
  readonly check?: SecretCheck;
}

type Row = readonly [id: string, title: string, shapes: string | readonly string[]];

/** A secret with a look of its own. */
export function token([id, title, shapes]: Row, facts: RowFacts): SecretKind {
  return {
    ...headOf(id, title, facts),
    form: { by: "token", shapes: [shapes].flat(), ...checkOf(facts) },
  };
}

/** A secret that looks like others, given to a name with one of the words. */
export function named(
  [id, title, shapes]: Row,
  facts: RowFacts & Pick<NamedForm, "words" | "isWhole" | "isExact" | "isPassword">,
): SecretKind {
  const { words, isWhole, isExact, isPassword } = facts;
  return {
    ...headOf(id, title, facts),
    form: {
      by: "name",
      words,
      shapes: [shapes].flat(),
      ...checkOf(facts),
      ...(isWhole ? { isWhole } : {}),
      ...(isExact ? { isExact } : {}),
      ...(isPassword ? { isPassword } : {}),
    },
  };
}

function headOf(
  id: string,
  title: string,
  { at, severity = "high" }: RowFacts,
): Omit<SecretKind, "form"> {
  return {
    id,
    title,
    severity,
    remedy: `revoke it at ${at}, and keep the new one out of files`,
  };
}

function checkOf({ check }: RowFacts): { check?: SecretCheck } {
  return check === undefined ? {} : { check };
}
