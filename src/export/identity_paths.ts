/** Members of what a flow is about, by their names. */
import type { KnownIdentity } from '../flow/identity.ts';

/** Names from the identity inwards: `['banner', 'client']`. */
export type MemberPath = readonly string[];

/** What a path leads to; undefined: it is not known. */
export function memberOf(identity: KnownIdentity, path: MemberPath): unknown {
  let value: unknown = identity;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}

/** A column for each banner. */
export const identityPaths = (paths: readonly MemberPath[]): readonly MemberPath[] =>
  paths.flatMap((path) =>
    path.join() === 'banner'
      ? [
          ['banner', 'client'],
          ['banner', 'server'],
        ]
      : [path],
  );
