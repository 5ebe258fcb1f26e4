// Doubles as texts, digit for digit what Go's strconv and fmt write, because policies compare them with what Kubernetes would say.

/** The digits of the shortest decimal that reads back as the same double, and its exponent: d.ddd times ten to that. */
function shortest(size: number): { digits: string; exponent: number } {
  const [mantissa = "", exponent = "0"] = size.toExponential().split("e");
  return { digits: mantissa.replace(".", ""), exponent: Number(exponent) };
}

function special(value: number): string | null {
  if (Number.isNaN(value)) return "NaN";
  return Number.isFinite(value) ? null : value > 0 ? "+Inf" : "-Inf";
}

/** As `%g` does with the least digits: an exponent is written below -4 and from 6 on. */
export function printDouble(value: number): string {
  const name = special(value);
  if (name !== null) return name;
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const { digits, exponent } = shortest(Math.abs(value));
  if (value !== 0 && (exponent < -4 || exponent >= 6)) {
    const rest = digits.length > 1 ? `.${digits.slice(1)}` : "";
    return `${sign}${digits[0]}${rest}e${exponentText(exponent)}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const rest = digits.slice(exponent + 1);
  return `${sign}${whole}${rest === "" ? "" : `.${rest}`}`;
}

function exponentText(exponent: number): string {
  return `${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/** With a fixed number of digits after the point; a half goes to the even neighbour. */
export function printFixed(value: number, digits: number): string {
  const { negative, numerator, denominator } = ratioOf(value);
  const scaled = roundHalfEven(numerator * 10n ** BigInt(digits), denominator);
  const text = String(scaled).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits);
  return `${negative ? "-" : ""}${whole}${digits === 0 ? "" : `.${text.slice(-digits)}`}`;
}

/** With one digit before the point and an exponent of two digits or more. */
export function printScientific(value: number, digits: number): string {
  const { negative, numerator, denominator } = ratioOf(value);
  let exponent = value === 0 ? 0 : shortest(Math.abs(value)).exponent;
  let text = String(scaledBy(numerator, denominator, digits - exponent));
  // Rounding up may have made ten out of 9.99.
  if (text.length > digits + 1) {
    exponent += 1;
    text = String(scaledBy(numerator, denominator, digits - exponent));
  }
  text = text.padEnd(digits + 1, "0");
  const rest = digits === 0 ? "" : `.${text.slice(1, digits + 1)}`;
  return `${negative ? "-" : ""}${text[0]}${rest}e${exponentText(exponent)}`;
}

function scaledBy(numerator: bigint, denominator: bigint, tens: number): bigint {
  return tens >= 0
    ? roundHalfEven(numerator * 10n ** BigInt(tens), denominator)
    : roundHalfEven(numerator, denominator * 10n ** BigInt(-tens));
}

/** A finite double, exactly. */
function ratioOf(value: number): { negative: boolean; numerator: bigint; denominator: bigint } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  const mantissa = exponent === 0 ? fraction : fraction | (1n << 52n);
  const power = BigInt(Math.max(exponent, 1) - 1075);
  return {
    negative: bits >> 63n === 1n,
    numerator: power > 0n ? mantissa << power : mantissa,
    denominator: power < 0n ? 1n << -power : 1n,
  };
}

function roundHalfEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  const isUp = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return isUp ? quotient + 1n : quotient;
}
