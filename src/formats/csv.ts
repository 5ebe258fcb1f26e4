// Comma-separated values that any spreadsheet reads, and that none takes for something to compute.
// @see RFC 4180; https://owasp.org/www-community/attacks/CSV_Injection

/** What a spreadsheet takes for the beginning of a formula, in either width. */
const FORMULA = /^[=+\-@|%\uff1d\uff0b\uff0d\uff20]/;
/** What some of them pass over before it. */
const PASSED_OVER = /^[\s\p{Cc}\p{Cf}]+/u;

/**
 * Writes a row, with its line end (CR LF). Texts are always in quotes; one that could be a formula gets an apostrophe before it,
 * which spreadsheets read as "this is a text". Numbers stay what they are.
 */
export function csvRow(cells: readonly (string | number | null)[]): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

function cell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const isFormula = FORMULA.test(value.replace(PASSED_OVER, ""));
  const safe = isFormula || /^[\t\r\n]/.test(value) ? `'${value}` : value;
  return `"${safe.replaceAll('"', '""')}"`;
}
