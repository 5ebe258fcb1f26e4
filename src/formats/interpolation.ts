// Variables in Compose files.
// @see https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md

const VARIABLE = /\$(?:\$|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-?+])([^{}]*))?\})/g;

/** Replaces variables; the first one that has no value is named. Nested defaults are not replaced, and count as missing. */
export function interpolated(
  text: string,
  variables: (name: string) => string | undefined,
): { text: string; missing: string | null } {
  let missing: string | null = null;
  const replaced = text.replace(
    VARIABLE,
    (whole, bare?: string, braced?: string, operator = "", word = "") => {
      if (whole === "$$") return "$";
      const name = bare ?? braced ?? "";
      const value = substitute(variables(name), operator, word);
      if (value === null) missing ??= name;
      return value ?? "";
    },
  );
  return { text: replaced, missing: missing ?? (replaced.includes("${") ? text : null) };
}

/** null when the variable must be set and is not. With a colon, an empty value counts as none. */
function substitute(value: string | undefined, operator: string, word: string): string | null {
  const isSet = value !== undefined && !(operator.startsWith(":") && value === "");
  if (operator.endsWith("+")) return isSet ? word : "";
  if (isSet) return value;
  return operator.endsWith("-") ? word : null;
}
