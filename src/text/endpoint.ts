/**
 * Address and port as one text: `192.0.2.1:80`, `[2001:db8::1]:80`.
 * @param port a text stands for a port, such as `*` for any; undefined: only the address
 */
export function endpointText(address: string, port: number | string | undefined): string {
  if (port === undefined) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** An endpoint of a flow. Port 0 is a flow without ports: only the address is shown. */
export function flowEndpointText(address: string, port: number): string {
  return endpointText(address, port === 0 ? undefined : port);
}
