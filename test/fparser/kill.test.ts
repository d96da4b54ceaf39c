import { describe, expect, it } from 'vitest';
import { FParser } from '../../src/fparser/index.ts';
import { random, tcp, udp, ipv4, FIN, RST, SYN } from '../builders/index.ts';
import { SMALL, at, captureOf, forAll, sumsHold } from './runs.ts';

const RUNS = Number(process.env.PCAPFLOW_RUNS ?? 300);

describe('the end of a parser', () => {
  it(`delivers every started flow once and calls the kill callback once, last, in ${RUNS} runs`, async () => {
    for (let run = 0; run < RUNS; run++) {
      const { below, pick } = random(run);
      const records = Array.from({ length: 1 + below(20) }, (_, n) => {
        const ports = { srcPort: 1 + below(4), dstPort: 9 };
        return at(n * 0.05, pick([tcp({ ...ports, flags: pick([SYN, FIN, RST, 0x10]) }), udp(ports)]).over(ipv4()));
      });
      const calls: string[] = [];
      const stopAt = below(8);
      const parser = new FParser(captureOf(records), {
        isFile: true,
        ...SMALL,
        finTimeout: pick([0, 30]),
        maxBacklog: pick([1, 65_536]),
        ...forAll(() => {
          calls.push('flow');
          if (calls.length === stopAt) void parser.stop();
        }),
        killCallback: () => {
          calls.push('kill');
          void parser.stop();
        },
      });
      if (stopAt === 0) void parser.stop();
      const info = await parser.done;
      const expected = [...Array.from({ length: info.flowsStarted }, () => 'flow'), 'kill'];
      expect(calls, `seed ${run}`).toEqual(expected);
      expect(sumsHold(info), `seed ${run}`).toBe(true);
    }
  });
});
