/** Command output cut into lines and fields, in time linear in its length. */

const TAB = 9;
const CARRIAGE_RETURN = 13;
const BLANK = 32;

/** Lines without their ends (LF or CR LF); made one at a time, since output may have many millions of them. */
export function* linesOf(text: string): Generator<string> {
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    yield text.slice(start, text.charCodeAt(end - 1) === CARRIAGE_RETURN && end > start ? end - 1 : end);
    start = end + 1;
  }
}

/** Words between runs of blanks. The last of `limit` words is all the rest, without blanks at its end. */
export function fieldsOf(line: string, limit = Number.POSITIVE_INFINITY): string[] {
  const fields: string[] = [];
  let length = line.length;
  while (length > 0 && isBlank(line.charCodeAt(length - 1))) length--;
  let at = 0;
  while (at < length) {
    while (isBlank(line.charCodeAt(at))) at++;
    const start = at;
    if (fields.length === limit - 1) at = length;
    else while (at < length && !isBlank(line.charCodeAt(at))) at++;
    fields.push(line.slice(start, at));
  }
  return fields;
}

function isBlank(code: number): boolean {
  return code === BLANK || code === TAB || code === CARRIAGE_RETURN;
}

/** A pid: digits without a leading zero. Undefined for anything else. */
export function pidOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^[1-9][0-9]{0,9}$/.test(text)) return undefined;
  return Number(text);
}

/** The first bytes of a name, as a program or the kernel cuts it. */
export function cutBytes(name: string, bytes: number): string {
  return name.length * 3 <= bytes ? name : Buffer.from(name).subarray(0, bytes).toString();
}
