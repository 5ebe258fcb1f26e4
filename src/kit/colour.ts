/** Colours by name: each takes a text that is already safe to print. */
export interface Palette {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  green(text: string): string;
  blue(text: string): string;
  /** White on red, for what must not be overlooked. */
  alarm(text: string): string;
}

const ESC = "\u001b[";

function code(on: string, off: string): (text: string) => string {
  return (text) => (text === "" ? "" : `${ESC}${on}m${text}${ESC}${off}m`);
}

const COLOURED: Palette = {
  bold: code("1", "22"),
  dim: code("2", "22"),
  red: code("31", "39"),
  yellow: code("33", "39"),
  green: code("32", "39"),
  blue: code("36", "39"),
  alarm: code("1;37;41", "22;39;49"),
};

const same = (text: string): string => text;
const PLAIN: Palette = {
  bold: same,
  dim: same,
  red: same,
  yellow: same,
  green: same,
  blue: same,
  alarm: same,
};

/** The colours of a terminal, or functions that change nothing. */
export function palette(colour: boolean): Palette {
  return colour ? COLOURED : PLAIN;
}
