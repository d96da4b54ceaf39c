import { expect, it } from 'vitest';
import { serviceName } from '../../src/query/services.ts';

it.each([
  [6, 80, 'http'],
  [6, 443, 'https'],
  [17, 443, 'https'],
  [17, 53, 'domain'],
  [6, 22, 'ssh'],
  [6, 25, 'smtp'],
  [6, 110, 'pop3'],
  [6, 514, 'shell'],
  [17, 514, 'syslog'],
  [17, 1900, 'ssdp'],
  [17, 123, 'ntp'],
  [6, 123, null],
  [6, 5432, 'postgresql'],
  [6, 49_152, null],
  [1, 80, null],
  [6, 0, null],
])('protocol %i port %i is %s', (protocol, port, name) => {
  expect(serviceName(protocol, port)).toBe(name);
});
