/**
 * Fields of the group `zeek`: a connection as Zeek's conn.log has it, by the rules that docs/zeek.md describes. *orig* is
 * Zeek's originator, which may be the destination of a flow.
 */
import {
  ZEEK_BLOCK_CONN_STATE,
  ZEEK_BLOCK_DURATION,
  ZEEK_BLOCK_GAPS_LOST,
  ZEEK_BLOCK_HISTORY,
  ZEEK_BLOCK_LOCAL_ORIG,
  ZEEK_BLOCK_LOCAL_RESP,
  ZEEK_BLOCK_MISSED_BYTES,
  ZEEK_BLOCK_ORIG_BYTES,
  ZEEK_BLOCK_RESP_BYTES,
  ZEEK_BLOCK_SOURCE_IS_ORIGINATOR,
  ZEEK_BLOCK_UID,
  ZEEK_CONN_OTH,
  ZEEK_CONN_REJ,
  ZEEK_CONN_RSTO,
  ZEEK_CONN_RSTOS0,
  ZEEK_CONN_RSTR,
  ZEEK_CONN_RSTRH,
  ZEEK_CONN_S0,
  ZEEK_CONN_S1,
  ZEEK_CONN_S2,
  ZEEK_CONN_S3,
  ZEEK_CONN_SF,
  ZEEK_CONN_SH,
  ZEEK_CONN_SHR,
} from '../../assembly/layout.ts';
import type { FieldDefinition, FieldWord } from './field.ts';

const COUNT_MAX = 2 ** 53;
const DURATION_MAX = 2 ** 64 / 1e9;

const CONN_STATES = [
  [ZEEK_CONN_OTH, 'OTH', 'anything else; ICMP and other protocols as well'],
  [ZEEK_CONN_S0, 'S0', 'attempt without answer'],
  [ZEEK_CONN_S1, 'S1', 'established, not closed'],
  [ZEEK_CONN_S2, 'S2', 'established, closed by the originator only'],
  [ZEEK_CONN_S3, 'S3', 'established, closed by the responder only'],
  [ZEEK_CONN_SF, 'SF', 'established and closed by both; UDP: both have sent'],
  [ZEEK_CONN_SH, 'SH', 'SYN and FIN of the originator, no SYN+ACK'],
  [ZEEK_CONN_SHR, 'SHR', 'SYN+ACK and FIN of the responder, no SYN; UDP: the responder alone has sent'],
  [ZEEK_CONN_REJ, 'REJ', 'attempt that was rejected'],
  [ZEEK_CONN_RSTO, 'RSTO', 'established, reset by the originator'],
  [ZEEK_CONN_RSTR, 'RSTR', 'reset by the responder'],
  [ZEEK_CONN_RSTOS0, 'RSTOS0', 'SYN and RST of the originator, no answer'],
  [ZEEK_CONN_RSTRH, 'RSTRH', 'SYN+ACK and RST of the responder, no SYN'],
].map(([code, word, doc]) => ({ code, word, ipfix: code, doc })) as readonly FieldWord[];

const BASE = { group: 'zeek', unit: null, range: null, opposite: null, ipfix: [] } as const;
const TEXT = { ...BASE, type: 'text', store: 'text', null: 'sentinel' } as const;
const BYTES = { ...BASE, type: 'u64', unit: 'bytes', range: [0, COUNT_MAX], store: 'u64' } as const;
const FLAG = { ...BASE, type: 'boolean', store: 'u8' } as const;

const named = (zeek: string | null) => ({ ecs: null, zeek }) as const;

export const ZEEK_FIELDS: readonly FieldDefinition[] = [
  {
    ...TEXT,
    name: 'uid',
    at: ZEEK_BLOCK_UID,
    null: 'never',
    as: named('uid'),
    doc: 'Name of the connection: `C` and 17 digits of a hash of its key and its first time. Not the one Zeek gives.',
  },
  {
    ...FLAG,
    name: 'srcIsOriginator',
    at: ZEEK_BLOCK_SOURCE_IS_ORIGINATOR,
    null: 'never',
    as: named(null),
    doc: "The flow's source is Zeek's originator; else its destination is. Always true with the preset `zeek`.",
  },
  {
    ...BASE,
    name: 'duration',
    type: 'duration',
    unit: 'seconds',
    range: [0, DURATION_MAX],
    store: 'u64',
    at: ZEEK_BLOCK_DURATION,
    null: 'sentinel',
    as: named('duration'),
    doc: 'From the first packet to the last one that counts; null: 0. Packets behind the end of TCP do not count.',
  },
  {
    ...BYTES,
    name: 'origBytes',
    at: ZEEK_BLOCK_ORIG_BYTES,
    null: 'sentinel',
    as: named('orig_bytes'),
    doc: 'Payload of the originator; of TCP by its sequence numbers. Null when the duration is.',
  },
  {
    ...BYTES,
    name: 'respBytes',
    at: ZEEK_BLOCK_RESP_BYTES,
    null: 'sentinel',
    as: named('resp_bytes'),
    doc: 'Payload of the responder; of TCP by its sequence numbers. Null when the duration is.',
  },
  {
    ...BASE,
    name: 'connState',
    type: 'enum',
    store: 'u8',
    at: ZEEK_BLOCK_CONN_STATE,
    null: 'never',
    words: CONN_STATES,
    as: named('conn_state'),
    doc: 'What became of the connection.',
  },
  {
    ...FLAG,
    name: 'localOrig',
    at: ZEEK_BLOCK_LOCAL_ORIG,
    null: 'sentinel',
    as: named('local_orig'),
    doc: 'The originator is in a local network (`--local-nets`); null: none is given.',
  },
  {
    ...FLAG,
    name: 'localResp',
    at: ZEEK_BLOCK_LOCAL_RESP,
    null: 'sentinel',
    as: named('local_resp'),
    doc: 'The responder is in a local network (`--local-nets`); null: none is given.',
  },
  {
    ...BYTES,
    name: 'missedBytes',
    at: ZEEK_BLOCK_MISSED_BYTES,
    null: 'never',
    as: named('missed_bytes'),
    doc: 'TCP: bytes that were acknowledged but not captured, of connections that are whole otherwise.',
  },
  {
    ...FLAG,
    name: 'gapsLost',
    at: ZEEK_BLOCK_GAPS_LOST,
    null: 'never',
    as: named(null),
    doc: 'More than 8 blocks lay above a gap: the lowest gaps were forgotten, and are not in `missedBytes`.',
  },
  {
    ...TEXT,
    name: 'history',
    at: ZEEK_BLOCK_HISTORY,
    as: named('history'),
    doc: 'A letter for each thing that happened, in capitals by the originator (docs/zeek.md); null: nothing did.',
  },
];
