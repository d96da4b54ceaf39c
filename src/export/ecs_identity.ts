/** What a flow is, in documents of the Elastic Common Schema: the fields of protocols that ECS has a place for. */
import type { KnownIdentity } from '../flow/identity.ts';

/** Names of response codes (IANA, DNS RCODEs), as `dns.response_code` wants them. */
const RESPONSE_CODES =
  'NOERROR FORMERR SERVFAIL NXDOMAIN NOTIMP REFUSED YXDOMAIN YXRRSET NXRRSET NOTAUTH NOTZONE'.split(' ');
/** By `tlsVersion`. */
const TLS_VERSIONS: Readonly<Record<string, readonly [protocol: string, version: string]>> = {
  '0300': ['ssl', '3.0'],
  '0301': ['tls', '1.0'],
  '0302': ['tls', '1.1'],
  '0303': ['tls', '1.2'],
  '0304': ['tls', '1.3'],
};

/** Closes the object `network`, and adds objects behind it: `,"protocol":"tls"},"tls":{"version":"1.3"}`. */
export function ecsIdentity(identity: KnownIdentity): string {
  const { app } = identity;
  const protocol = app === undefined ? '' : `,"protocol":${JSON.stringify(app)}`;
  const objects = Object.entries(documentOf(identity)).flatMap(([name, value]) => {
    const text = JSON.stringify(value, (_, inner: unknown) => (isEmpty(inner) ? undefined : inner));
    return text === undefined || text === '{}' ? [] : [`,"${name}":${text}`];
  });
  return `${protocol}}${objects.join('')}`;
}

/** An object of which nothing is known. */
function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((inner) => inner === undefined || isEmpty(inner));
}

function documentOf(identity: KnownIdentity): object {
  const { serverName, dnsQuery, peerNames, dnsAnswers } = identity;
  const hosts = [serverName, dnsQuery, ...(peerNames ?? [])].filter((name) => name !== undefined);
  return {
    tls: tlsOf(identity),
    dns: dnsOf(identity),
    http: {
      request: { method: identity.httpMethod },
      response: { status_code: identity.httpStatus, mime_type: identity.httpContentType },
    },
    url: identity.httpPath === undefined ? {} : { domain: serverName, path: identity.httpPath },
    user_agent: { original: identity.httpUserAgent },
    related: {
      hosts: hosts.length === 0 ? undefined : [...new Set(hosts)],
      ip: dnsAnswers,
    },
  };
}

function tlsOf(identity: KnownIdentity): object {
  const { tlsVersion = '', tlsCipher, certSubject, certNames, ja3, ja3s, alpnChosen } = identity;
  const isTls = tlsVersion !== '' || ja3 !== undefined || ja3s !== undefined;
  const [protocol, version] = TLS_VERSIONS[tlsVersion] ?? [];
  return {
    version_protocol: protocol,
    version,
    cipher: tlsCipher === undefined ? undefined : `0x${tlsCipher}`,
    next_protocol: alpnChosen,
    client: { server_name: isTls ? identity.serverName : undefined, ja3 },
    server: { ja3s, x509: { subject: { common_name: certSubject }, alternative_names: certNames } },
  };
}

function dnsOf({ dnsQuery, dnsType, dnsRcode, dnsAnswers }: KnownIdentity): object {
  return {
    question: { name: dnsQuery, type: dnsType },
    response_code: dnsRcode === undefined ? undefined : (RESPONSE_CODES[dnsRcode] ?? String(dnsRcode)),
    resolved_ip: dnsAnswers,
  };
}
