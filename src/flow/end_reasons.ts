/** Why flows end. */
import { END_ACTIVE, END_EVICTED, END_FIN, END_FORCED, END_IDLE, END_RST } from '../../assembly/layout.ts';
import type { FieldWord } from './field.ts';

/** With IPFIX flowEndReason (RFC 5102 §5.11.3). A flow that is still active has the word `end`. */
export const END_REASONS = [
  {
    code: END_IDLE,
    word: 'idle',
    ipfix: 1,
    doc: 'no packet for the idle timeout, or a new connection of the same ports was answered',
  },
  { code: END_ACTIVE, word: 'active', ipfix: 2, doc: 'older than the active timeout' },
  { code: END_FIN, word: 'fin', ipfix: 3, doc: 'closed with FIN, then no packet for the FIN timeout' },
  { code: END_RST, word: 'rst', ipfix: 3, doc: 'closed with RST, then no packet for the FIN timeout' },
  { code: END_EVICTED, word: 'evicted', ipfix: 5, doc: 'taken out of a full table' },
  { code: END_FORCED, word: 'end', ipfix: 4, doc: 'the capture ended, or its times went back by more than a day' },
] as const satisfies readonly FieldWord[];
