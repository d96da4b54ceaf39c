/** Some members of what a flow is about, in each text format. */
import type { KnownIdentity } from '../flow/identity.ts';
import { memberOf } from '../export/identity_paths.ts';
import type { MemberPath } from '../export/identity_paths.ts';
import { identityCell, identityTableCell } from '../export/identity_text.ts';

interface Tree {
  [name: string]: unknown;
}

/** `,"identify":{"app":"tls","banner":{"server":"SSH-2.0-x"}}`: those that are known, in the order of their names. */
export const chosenIdentityJson =
  (paths: readonly MemberPath[]) =>
  (identity: KnownIdentity): string => {
    const root: Tree = {};
    for (const path of paths) {
      const value = memberOf(identity, path);
      if (value === undefined || value === null) continue;
      let object = root;
      for (const name of path.slice(0, -1)) object = (object[name] ??= {}) as Tree;
      object[path.at(-1) ?? ''] = value;
    }
    return `,"identify":${JSON.stringify(root)}`;
  };

/** `,app,banner_server` */
export const chosenIdentityHeader = (columns: readonly MemberPath[]): string =>
  columns.map((path) => `,${path.join('_')}`).join('');

export const chosenIdentityCsv =
  (columns: readonly MemberPath[]) =>
  (identity: KnownIdentity): string =>
    columns.map((path) => `,${identityCell(memberOf(identity, path))}`).join('');

export const chosenIdentityTitles = (columns: readonly MemberPath[]): string[] =>
  columns.map((path) => path.join('.').toUpperCase());

/** @param width columns of a member at most */
export const chosenIdentityCells = (
  columns: readonly MemberPath[],
  identity: KnownIdentity | undefined,
  width: number,
  nothing: string,
): string[] =>
  columns.map((path) => identityTableCell(identity && (memberOf(identity, path) ?? nothing), width, nothing));
