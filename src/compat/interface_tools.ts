/** Address tools of the Python packages that define `Conn` and `UDPConn`: docs/mapping/conn.md. */
import {
  hexToIpNetworkOrder,
  interfaceAddress,
  interfaceNetmask,
  ipToHexNetworkOrder,
  networkAddress,
  reverseIp,
} from '../host/index.ts';

/** `0x7f000001` is 127.0.0.1; leading zeros and `0x` may be missing. @throws {RangeError} */
export function hex2ip(x_addr: string): string {
  return hexToIpNetworkOrder(x_addr.replace('0x', '').padStart(8, '0'));
}

/** In lower case. @throws {RangeError} */
export function ip2hex(addr: string): string {
  return ipToHexNetworkOrder(addr).toLowerCase();
}

/** @throws {RangeError} */
export function reverse_ip(ipaddress: string): string {
  return reverseIp(ipaddress);
}

/** @throws {RangeError} */
export function network_address(ipaddr: string, mask: string): string {
  return networkAddress(ipaddr, mask);
}

/** Empty for an interface that is unknown or has none. */
export function ip_address(ifacename: string): string {
  return interfaceAddress(ifacename) ?? '';
}

/** Empty for an interface that is unknown or has none. */
export function network_mask(ifacename: string): string {
  return interfaceNetmask(ifacename) ?? '';
}

/** The same as methods, as the original classes inherit them. */
export class IfaceInfoTools {
  readonly hex2ip = hex2ip;
  readonly ip2hex = ip2hex;
  readonly reverse_ip = reverse_ip;
  readonly network_address = network_address;
  readonly ip_address = ip_address;
  readonly network_mask = network_mask;
}
