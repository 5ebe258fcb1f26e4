/**
 * A Python project's name in its normal form: lower case, with one `-` for each run of `-`, `_` and `.`.
 *
 * @see PEP 503, "Normalized Names"
 */
export function pythonName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[-_.]+/g, "-");
}
