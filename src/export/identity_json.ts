/** What the first bytes of a flow say, as JSON. */
import { IDENTITY_NAMES, type KnownIdentity } from '../flow/identity.ts';

/** `,"identify":{"app":"tls","serverName":"example.com",...}`: what is known. */
export function identityJson(identity: KnownIdentity): string {
  let members = '';
  for (const name of IDENTITY_NAMES) {
    const value = identity[name];
    if (value !== undefined) members += `${members === '' ? '' : ','}"${name}":${JSON.stringify(value)}`;
  }
  return `,"identify":{${members}}`;
}
