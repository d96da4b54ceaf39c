/** A constant that the layout lacks. */
export interface NewPlace {
  readonly name: string;
  readonly type: string;
  /** Of a field of eight bytes. */
  readonly unit: string;
  readonly doc: string;
}

/** @throws {Error} for a field without a known type */
export function newFields(schema: string, layout: string): readonly NewPlace[];
export function newWords(list: string, layout: string): readonly NewPlace[];
export function placeField(row: string, field: NewPlace): string;
/** @throws {Error} when the gap is full */
export function placeWord(control: string, word: NewPlace): string;
