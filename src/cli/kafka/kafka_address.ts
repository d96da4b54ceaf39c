/** Topics of Kafka, as `--output` takes them. */

/** `kafka://HOST:PORT/TOPIC`; the port is 9092 when nothing is said, an IPv6 address is in brackets. */
export interface KafkaAddress {
  readonly host: string;
  readonly port: number;
  readonly topic: string;
}

const FORM = /^kafka:\/\/(?:\[([^\]]+)\]|([^:/[\]]+))(?::(\d{1,5}))?\/([a-zA-Z0-9._-]{1,249})$/;
const PORT = 9092;
const PORT_MAX = 65_535;

/** Undefined: the output is something else. @throws {RangeError} when it looks like a topic and is not one */
export function kafkaAddress(output: string | undefined): KafkaAddress | undefined {
  if (output === undefined || !output.startsWith('kafka://')) return undefined;
  const [, inBrackets, name, digits = PORT, topic] = FORM.exec(output) ?? [];
  const host = inBrackets ?? name;
  const port = Number(digits);
  if (host === undefined || topic === undefined || port === 0 || port > PORT_MAX)
    throw new RangeError(`--output is ${output}; a topic is kafka://HOST:PORT/TOPIC, IPv6 in brackets`);
  return { host, port, topic };
}

export function kafkaName(address: KafkaAddress): string {
  return `kafka://${brokerName(address)}/${address.topic}`;
}

export function brokerName({ host, port }: KafkaAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
