/**
 * The order in which the files of one capture are read. Regular files can be examined first: they are ordered by their
 * first packets, and those that overlap are merged by packet time. Pipes and streams cannot: they keep their place, and
 * no file is moved past them.
 */

/** Files that are merged at a time, and the memory that their blocks may take, bytes. */
const FILES_MAX = 256;
const BLOCKS_SIZE_MAX = 256 * 1024 * 1024;

/** A named file, and what is known of it before reading. */
export interface FileGlance {
  /** Its place among the files as they were named, 0-based. Files with equal times are read in this order. */
  readonly number: number;
  /** Whether it could be examined. A pipe cannot. */
  readonly seen: boolean;
  /** Time of its first packet, nanoseconds; undefined when it has none, or cannot be read. */
  readonly first: bigint | undefined;
}

/** A file whose first packet has a known time. */
export interface TimedFile {
  readonly number: number;
  readonly first: bigint;
}

/**
 * Files that are read together, earliest first packet first. A group is read to its end before the next one begins.
 * Where the time is undefined the group is that file alone.
 */
export type FileGroup = readonly TimedFile[] | readonly [{ readonly number: number; readonly first: undefined }];

/** Each file alone, in the order as named. */
export function givenOrder(numbers: readonly number[]): FileGroup[] {
  return numbers.map((number) => [{ number, first: undefined }]);
}

/** Files by their first packets; those without any come first, where their problems are reported. */
export function timeOrder(glances: readonly FileGlance[]): FileGroup[] {
  const groups: FileGroup[] = [];
  let timed: TimedFile[] = [];
  const endRun = (): void => {
    if (timed.length > 0) groups.push(timed.sort(byTime));
    timed = [];
  };
  for (const { number, seen, first } of glances) {
    if (first !== undefined) timed.push({ number, first });
    else {
      if (!seen) endRun();
      groups.push([{ number, first: undefined }]);
    }
  }
  endRun();
  return groups;
}

/** Whether the order differs from that of the names. */
export function isReordered(groups: readonly FileGroup[]): boolean {
  const numbers = groups.flatMap((group) => group.flatMap(({ number, first }) => (first === undefined ? [] : number)));
  return numbers.some((number, n) => n > 0 && number < (numbers[n - 1] as number));
}

/** Whether this file's record is first. */
export function goesBefore(a: TimedFile, b: TimedFile): boolean {
  return byTime(a, b) < 0;
}

/** The time, exclusive, up to which records of `file` precede the first one of `other`. */
export function limitBy(other: TimedFile, file: { readonly number: number }): bigint {
  return other.number < file.number ? other.first : other.first + 1n;
}

function byTime(a: TimedFile, b: TimedFile): number {
  return a.first < b.first ? -1 : a.first > b.first ? 1 : a.number - b.number;
}

/** How many files an engine needs room for. @param blockSize bytes read at a time from each */
export function filesAtOnce(count: number, blockSize: number): number {
  return Math.max(1, Math.min(count, FILES_MAX, Math.floor(BLOCKS_SIZE_MAX / blockSize)));
}
