/** A word that is safe to paste into a shell, and means itself there. */
export function shellWord(text: string): string {
  if (/^[A-Za-z0-9_./@:+][A-Za-z0-9_./@:+-]*$/.test(text)) return text;
  // What begins with a dash would be an option.
  const path = text.startsWith("-") ? `./${text}` : text;
  return `'${path.replaceAll("'", "'\\''")}'`;
}
