/** Styles of sockets' states. */
import type { SocketState } from '../../host/sockets/state.ts';
import type { CellStyle } from '../../text/cell_style.ts';

/** Distinguishes opening and closing connections from established ones. */
export function stateStyle(state: SocketState): CellStyle {
  switch (state) {
    case 'established':
      return 'good';
    case 'listen':
      return 'open';
    case 'synSent':
    case 'synRecv':
    case 'newSynRecv':
      return 'passing';
    case 'closeWait':
    case 'finWait1':
    case 'finWait2':
    case 'lastAck':
    case 'closing':
      return 'over';
    case 'timeWait':
    case 'close':
    case 'boundInactive':
      return 'faint';
    case 'unknown':
      return 'alarm';
  }
}
