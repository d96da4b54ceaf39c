/** The owners of a flow's two addresses in each text format. */
import stringWidth from 'string-width';
import type { FurtherColumns } from '../export/table.ts';
import { csvCell, sanitizeText } from '../host/sanitize.ts';
import type { Owner } from '../owner/index.ts';

/** Columns that a name may take in a table. */
const NAME_WIDTH = 32;
const NOTHING = '-';

/** The owner as a flow shows it: null for an address that has none, such as a private one, and for one not known. */
function shown(owner: Owner | null): Owner | null {
  return owner?.scope === 'global' ? owner : null;
}

/** `,"srcOwner":{"asn":15169,"name":"GOOGLE, US","country":"US","prefix":"8.8.8.0/24"},"dstOwner":null` */
export function ownersJson(src: Owner | null, dst: Owner | null): string {
  return `,"srcOwner":${ownerJson(shown(src))},"dstOwner":${ownerJson(shown(dst))}`;
}

function ownerJson(owner: Owner | null): string {
  if (owner === null) return 'null';
  const { asn, name, country, prefix } = owner;
  return JSON.stringify({ asn, name, country, prefix });
}

export const OWNERS_CSV_HEADER = ['src', 'dst'].map((side) => `,${side}Asn,${side}AsName,${side}Country,${side}Prefix`).join('');

export function ownersCsv(src: Owner | null, dst: Owner | null): string {
  return [shown(src), shown(dst)]
    .flatMap((owner) => [owner?.asn, owner?.name, owner?.country, owner?.prefix])
    .map((value) => `,${csvCell(value)}`).join('');
}

export const OWNERS_TABLE: FurtherColumns = { titles: ['SOURCE OWNER', 'DESTINATION OWNER'], width: stringWidth };

export function ownersCells(src: Owner | null, dst: Owner | null): string[] {
  return [shown(src), shown(dst)].map((owner) => {
    if (owner === null || owner.asn === null) return NOTHING;
    return sanitizeText(`AS${owner.asn} ${owner.name ?? ''}`.trimEnd(), { maxWidth: NAME_WIDTH });
  });
}
