/** Names the limit that keeps an engine from reserving its memory. */
import { readFileSync } from 'node:fs';
import { FParserError } from '../errors.ts';

const MIB = 2 ** 20;
/** Address space that V8 reserves for each WebAssembly memory, whatever its size, to avoid bounds checks. */
const RESERVED = '10 GiB';

/** @throws {FParserError} ERR_ENGINE, which names the limit on the address space where there is one */
export async function withAddressLimit<T>(making: Promise<T>): Promise<T> {
  try {
    return await making;
  } catch (error) {
    const limit = addressLimit();
    if (!(error instanceof FParserError && error.code === 'ERR_ENGINE') || limit === undefined) throw error;
    const reason = `the address space of this process is limited to ${Math.floor(limit / MIB)} MiB (ulimit -v)`;
    const remedy = `the engine needs ${RESERVED} of addresses, of which it uses little; raise the limit`;
    throw new FParserError('ERR_ENGINE', `no memory can be reserved: ${reason}, and ${remedy}`, { cause: error });
  }
}

/** Bytes; undefined when there is no limit, or the system does not say. */
function addressLimit(): number | undefined {
  try {
    // "Max address space         1536000000           unlimited            bytes"
    const line = /^Max address space\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'));
    return line === null ? undefined : Number(line[1]);
  } catch {
    return undefined;
  }
}
