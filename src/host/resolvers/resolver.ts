/** Names of the ways to find a process's connections. */
export const Resolver = {
  /** The kernel's socket tables and `/proc/PID/fd`; runs no program. */
  Proc: 'proc',
  /** net-tools or BusyBox. */
  Netstat: 'netstat',
  NetstatWindows: 'netstat (windows)',
  /** iproute2. */
  Ss: 'ss',
  Lsof: 'lsof',
  /** FreeBSD. */
  BsdSockstat: 'sockstat (bsd)',
  /** The same: outside FreeBSD, `sockstat` does not have a separate resolver. */
  Sockstat: 'sockstat (bsd)',
  /** FreeBSD. */
  BsdProcstat: 'procstat (bsd)',
  /** OpenBSD. */
  BsdFstat: 'fstat (bsd)',
} as const;

export type Resolver = (typeof Resolver)[keyof typeof Resolver];

/** Every resolver once. */
export const RESOLVERS: readonly Resolver[] = [...new Set(Object.values(Resolver))];
