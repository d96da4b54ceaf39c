/** Addresses of collectors on the network, as `--output` takes them. */

/** `udp://HOST:PORT` or `tcp://HOST:PORT`; an IPv6 address is in brackets. */
export interface NetworkAddress {
  readonly protocol: 'udp' | 'tcp';
  readonly host: string;
  readonly port: number;
}

const ADDRESS = /^(udp|tcp):\/\/(?:\[([^\]]+)\]|([^:/[\]]+)):(\d{1,5})$/;
const PORT_MAX = 65_535;

/** Undefined: the output is a file. @throws {RangeError} when it looks like an address and is not one */
export function networkAddress(output: string | undefined): NetworkAddress | undefined {
  if (output === undefined || !/^(udp|tcp):\/\//.test(output)) return undefined;
  const [, protocol, inBrackets, name, digits] = ADDRESS.exec(output) ?? [];
  const host = inBrackets ?? name;
  const port = Number(digits);
  if (protocol === undefined || host === undefined || port === 0 || port > PORT_MAX)
    throw new RangeError(`--output is ${output}; a collector is udp://HOST:PORT or tcp://HOST:PORT, IPv6 in brackets`);
  return { protocol: protocol as 'udp' | 'tcp', host, port };
}

export function networkName({ protocol, host, port }: NetworkAddress): string {
  return `${protocol}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
