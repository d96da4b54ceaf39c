/**
 * The group zeek: engine against model on random conversations.
 */
import { expect } from 'vitest';
import { flowsOf, readCapture } from '../../models/index.ts';
import { zeekGroup } from '../../models/groups/zeek_group.ts';
import { modelOptions, run } from '../harness.ts';
import { compareRandomCaptures, type Seen } from './random_captures.ts';
import { conversations } from './tcp_conversations.ts';

async function compare(seed: number, seen: Seen): Promise<void> {
  const { file, options } = conversations(seed);
  const settings = { ...options, with: ['zeek'] } as const;
  const want: object[] = [];
  flowsOf(readCapture(file).records, { ...modelOptions(settings), onEnd: (flow) => want.push(zeekGroup(flow)) });
  const { flows } = await run(file, settings);
  const told = `seed ${seed}, ${JSON.stringify(settings)}`;
  expect(flows.length, told).toBe(want.length);
  seen.flows += flows.length;
  flows.forEach(({ zeek }, n) => {
    if (zeek === undefined) throw new Error('no group');
    const { uid, ...rest } = zeek;
    expect(uid).toMatch(/^C[0-9A-Za-z]{17}$/);
    expect(rest, `flow ${n}, ${told}`).toEqual(want[n]);
    for (const letter of zeek.history ?? '') seen.note({ [letter]: true });
    const { connState, missedBytes, gapsLost, srcIsOriginator, origBytes } = zeek;
    seen.note({ [connState]: true, missed: missedBytes, lost: gapsLost, turned: !srcIsOriginator });
    seen.note({ wrap: (origBytes ?? 0) > 2 ** 32 });
  });
}

compareRandomCaptures('the engine has the group zeek of the model', {
  usual: 100,
  compare,
  flowsEach: 4,
  names:
    'S h H A a D d F f R r I i Q q G g T t W w ^ s ' +
    'OTH S0 S1 S2 S3 SF SH SHR REJ RSTO RSTR RSTOS0 RSTRH missed turned wrap',
});
