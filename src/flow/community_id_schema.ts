/** Field of the group `community-id`: see assembly/side/community_id.ts. */
import { COMMUNITY_ID_TEXT } from '../../assembly/layout.ts';
import type { FieldDefinition } from './field.ts';

export const COMMUNITY_ID_FIELDS = [
  {
    name: 'communityId',
    group: 'community-id',
    flat: true,
    type: 'text',
    unit: null,
    range: null,
    null: 'sentinel',
    store: 'text',
    at: COMMUNITY_ID_TEXT,
    opposite: null,
    ipfix: [],
    as: { ecs: 'network.community_id', zeek: 'community_id' },
    doc: 'Community ID v1: `1:` and the Base64 of a SHA-1 over seed, addresses, protocol and ports.',
  },
] as const satisfies readonly FieldDefinition[];
