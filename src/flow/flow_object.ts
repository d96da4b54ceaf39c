/** What all flow records are: `JSON.stringify` works on them, though JSON has no bigint. */
export class FlowObject {
  /** The members, with each bigint as its decimal digits in a text: exact, also for readers with doubles. */
  toJSON(): object {
    return Object.fromEntries(
      Object.entries(this).map(([key, value]) => [key, typeof value === 'bigint' ? String(value) : value]),
    );
  }
}
