/** Lines of tracefs's trace_pipe for the event `sock:inet_sock_set_state`, with the option `record-tgid`. */
import { unmapAddress } from '../host/address/address.ts';
import type { TracedSocket } from './kernel_trace.ts';

/**
 * `curl-23406 (  23355) [001] .....  2884.887444: inet_sock_set_state: family=AF_INET protocol=IPPROTO_TCP sport=50148
 * dport=443 saddr=192.0.2.1 daddr=203.0.113.80 saddrv6=::ffff:192.0.2.1 daddrv6=::ffff:203.0.113.80
 * oldstate=TCP_ESTABLISHED newstate=TCP_FIN_WAIT1`, in one line. A program chooses its name, so what is behind the last
 * mark of an event counts.
 */
const LINE = new RegExp(
  String.raw`\(\s*([0-9]+)\)\s+\[[0-9]+\]\s+\S+\s+[0-9.]+: inet_sock_set_state: family=\S+ ` +
    String.raw`protocol=IPPROTO_TCP sport=([0-9]+) dport=([0-9]+) saddr=\S+ daddr=\S+ saddrv6=(\S+) daddrv6=(\S+) ` +
    String.raw`oldstate=\S+ newstate=\S+$`,
);

/** Undefined for anything else, such as a process whose number the kernel has not kept. */
export function parseTraceLine(line: string): TracedSocket | undefined {
  const [, pid, localPort, remotePort, local, remote] = LINE.exec(line) ?? [];
  if (local === undefined || remote === undefined) return undefined;
  try {
    return {
      pid: Number(pid),
      local: { address: unmapAddress(local), port: Number(localPort) },
      remote: { address: unmapAddress(remote), port: Number(remotePort) },
    };
  } catch {
    return undefined;
  }
}
