/** A topic of Kafka. A flow is a message: its line, with the hash of its flow key as the key. */
import { setTimeout } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import type { Message, Producer } from 'kafkajs';
import { FParserError, messageOf } from '../../errors.ts';
import { SCHEMA_VERSION } from '../../flow/schema.ts';
import { AWAY_MAX_MS, RETRY_MS } from '../network_options.ts';
import type { OutputCounters } from '../output_counters.ts';
import type { Target } from '../output_target.ts';
import { warn } from '../print_error.ts';
import { brokerName, kafkaName } from './kafka_address.ts';
import type { KafkaAddress } from './kafka_address.ts';

export interface KafkaOptions {
  readonly address: KafkaAddress;
  /** Waits forever for a broker that is away. */
  readonly isEndless: boolean;
  /** Other outputs have their turns: a broker that is away is not waited for, and misses flows. */
  readonly isShared: boolean;
  readonly counters: OutputCounters;
}

/** Messages that are sent together: fewer make every request cost more than its messages. */
const BATCH_MESSAGES = 4096;
/** Messages that wait when the broker is not waited for. */
const WAITING_MAX = 100_000;
const CONNECTION_TIMEOUT_MS = 3000;
const REQUEST_TIMEOUT_MS = 5000;
/** Inside of an attempt; longer absences are waited for here. */
const RETRY = { retries: 2, initialRetryTime: 200, maxRetryTime: 1000 };
/** All replicas that are in step have a message before it counts as sent. */
const ACKS_ALL = -1;
const LINE_FEED = 0x0a;

/** @throws {FParserError} ERR_WRITE when the broker cannot be reached or does not have the topic */
export async function openKafka(options: KafkaOptions, signal?: AbortSignal): Promise<Target> {
  const { address } = options;
  const kafka = new Kafka({
    clientId: 'pcapflow',
    brokers: [brokerName(address)],
    logLevel: logLevel.NOTHING,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: RETRY,
  });
  try {
    await checkTopic(kafka, address.topic);
    return new KafkaTarget(await connected(kafka), options, signal);
  } catch (error) {
    throw new FParserError('ERR_WRITE', `${kafkaName(address)} cannot be reached: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** @throws when the topic is not there and the broker makes none */
async function checkTopic(kafka: Kafka, topic: string): Promise<void> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    await admin.fetchTopicMetadata({ topics: [topic] });
  } finally {
    await admin.disconnect();
  }
}

/** Numbers its messages, so that the broker drops one that comes twice. Not every broker can do that. */
async function connected(kafka: Kafka): Promise<Producer> {
  const common = { maxInFlightRequests: 1, allowAutoTopicCreation: false };
  const producer = kafka.producer({ ...common, idempotent: true });
  try {
    await producer.connect();
    return producer;
  } catch (error) {
    await producer.disconnect();
    if (!isWithoutNumbers(error)) throw error;
    warn('the broker does not number messages; after a broken connection some may be there twice');
    const plain = kafka.producer(common);
    await plain.connect();
    return plain;
  }
}

/** The broker has no coordinator of producers, or does not know the request. */
function isWithoutNumbers(error: unknown): boolean {
  const { name } = error as { readonly name?: unknown };
  return name === 'KafkaJSBrokerNotFound' || name === 'KafkaJSServerDoesNotSupportApiKey';
}

class KafkaTarget implements Target {
  readonly name: string;
  readonly continues = false;
  readonly isTerminal = false;
  readonly #producer: Producer;
  readonly #topic: string;
  readonly #isShared: boolean;
  readonly #signal: AbortSignal | undefined;
  readonly #counters: OutputCounters;
  #awayMaxMs: number;
  #batch: Message[] = [];
  /** Bytes of messages that the broker does not have. */
  #waitingBytes = 0;
  #waitingMessages = 0;
  /** Resolves when all that was given to it is sent or lost. */
  #sending: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;
  #sequence = 0;
  #open = true;

  constructor(producer: Producer, options: KafkaOptions, signal: AbortSignal | undefined) {
    const { address, isEndless, isShared, counters } = options;
    this.name = kafkaName(address);
    this.#producer = producer;
    this.#topic = address.topic;
    this.#isShared = isShared;
    this.#signal = signal;
    this.#counters = counters;
    this.#awayMaxMs = isEndless ? Infinity : AWAY_MAX_MS;
  }

  get waiting(): number {
    return this.#waitingBytes;
  }

  /** @param keys of the lines */
  async write(lines: Uint8Array, keys: readonly string[] = []): Promise<void> {
    // The lines are written again before the broker has them.
    const text = Buffer.from(lines);
    let from = 0;
    for (const key of keys) {
      const end = text.indexOf(LINE_FEED, from);
      this.#add(key, text.subarray(from, end));
      from = end + 1;
    }
    if (this.#batch.length >= BATCH_MESSAGES) await this.send();
  }

  /** Sends what was gathered. Waits for the broker, unless others have their turns. */
  async send(): Promise<void> {
    const messages = this.#batch;
    this.#batch = [];
    if (messages.length > 0 && this.#failure === undefined) this.#offer(messages);
    if (!this.#isShared) await this.#sending;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async drain(): Promise<void> {
    // The end of a capture is not put off forever.
    this.#awayMaxMs = Math.min(this.#awayMaxMs, AWAY_MAX_MS);
    await this.send();
    await this.#sending;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  commit(): void {
    this.abandon();
    const { messages, messagesLost } = this.#counters;
    if (messagesLost > 0) warn(`${messagesLost} of ${messages} flows for ${this.name} were lost while it was away`);
  }

  abandon(): void {
    if (this.#open) void this.#producer.disconnect();
    this.#open = false;
  }

  #add(key: string, value: Buffer): void {
    const headers = { 'pcapflow-seq': String(this.#sequence++), 'pcapflow-schema': String(SCHEMA_VERSION) };
    this.#batch.push({ key, value, headers });
    this.#counters.messages++;
    this.#waitingMessages++;
    this.#waitingBytes += value.length;
  }

  #offer(messages: readonly Message[]): void {
    if (this.#isShared && this.#waitingMessages > WAITING_MAX) {
      this.#counters.messagesLost += messages.length;
      this.#done(messages);
      return;
    }
    this.#sending = this.#sending
      .then(() => this.#deliver(messages))
      .catch((error: unknown) => {
        this.#failure ??= { error };
      });
  }

  /** Tries until the broker has them. @throws what is no absence, and what lasts too long */
  async #deliver(messages: readonly Message[]): Promise<void> {
    const began = performance.now();
    let isAway = false;
    while (true) {
      try {
        await this.#producer.send({ topic: this.#topic, acks: ACKS_ALL, messages: [...messages] });
        break;
      } catch (error) {
        const isOver = performance.now() - began > this.#awayMaxMs || this.#signal?.aborted === true || !this.#open;
        if (isOver || !isAbsence(error)) throw error;
        this.#counters.retries++;
        if (!isAway) warn(`${this.name}: ${messageOf(error)}; trying again`);
        isAway = true;
      }
      await setTimeout(RETRY_MS, undefined, this.#signal === undefined ? {} : { signal: this.#signal }).catch(
        () => undefined,
      );
    }
    this.#done(messages);
  }

  #done(messages: readonly Message[]): void {
    this.#waitingMessages -= messages.length;
    for (const { value } of messages) this.#waitingBytes -= value?.length ?? 0;
  }
}

/** The broker, or who leads the topic there, may come back. What has failed for that reason names it as its cause. */
function isAbsence(error: unknown): boolean {
  const { retriable, cause } = error as { readonly retriable?: unknown; readonly cause?: unknown };
  return retriable === true || (cause !== undefined && isAbsence(cause));
}
