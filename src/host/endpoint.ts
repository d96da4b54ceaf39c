/** One end of a connection, or the address that a socket is bound to. */
export interface Endpoint {
  /** Canonical text (RFC 5952 for IPv6); an IPv4-mapped address stays `::ffff:a.b.c.d`. */
  readonly address: string;
  /** 0..65535. 0: none. */
  readonly port: number;
}
