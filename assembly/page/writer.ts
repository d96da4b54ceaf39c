/**
 * What the page calls to write flows that it keeps: rows as text and as columns. Loaded when flows are saved or one is
 * looked at, apart from what reads captures.
 */
export { writeColumns } from "../out/columns";
export { writeText } from "../out/text";
export { init, layoutVersion } from "../index";
