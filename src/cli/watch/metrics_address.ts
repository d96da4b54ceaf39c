/** The address that metrics are served at. */

export interface MetricsAddress {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
}

const FORM = /^(?:\[([^\]]+)\]|([^:/[\]]+)):(\d{1,5})$/;
const PORT_MAX = 65_535;

/** @throws {RangeError} */
export function metricsAddress(text: string): MetricsAddress {
  const [, inBrackets, name, digits] = FORM.exec(text) ?? [];
  const host = inBrackets ?? name;
  const port = Number(digits);
  if (host === undefined || port > PORT_MAX)
    throw new RangeError(`--metrics is ${text}; it must be HOST:PORT, as 127.0.0.1:9464, IPv6 in brackets`);
  return { host, port };
}
