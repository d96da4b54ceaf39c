/** What the first bytes of a flow say, as JSON. */
import type { Identity } from '../flow/identity.ts';

/** `,"identify":{"app":"tls","serverName":"example.com",...}`: what is known. */
export function identityJson(identity: Identity): string {
  let members = '';
  for (const [name, value] of Object.entries(identity)) {
    if (value === null || (Array.isArray(value) && value.length === 0)) continue;
    members += `${members === '' ? '' : ','}"${name}":${JSON.stringify(value)}`;
  }
  return `,"identify":{${members}}`;
}
