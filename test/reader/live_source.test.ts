/** What each way to capture makes of the names of interfaces. */
import { describe, expect, it } from 'vitest';
import { liveSource } from '../../src/reader/live_source.ts';
import { CollectingSink } from '../source/live/collecting_sink.ts';

const HOW = { capture: 'cap', promiscuous: false, filter: '', snaplen: 128 } as const;

describe.each([
  ['cap', HOW],
  ['cap, promiscuous', { ...HOW, promiscuous: true }],
  ['tcpdump', { ...HOW, capture: 'tcpdump' }],
] as const)('a capture by %s', (_name, how) => {
  it.each([
    [['lo'], 'lo'],
    [['lo', 'eth7', 'lo'], 'lo, eth7'],
    [['lo', 'any'], 'any'],
    [['any', 'any'], 'any'],
  ])('takes each packet of %s once', async (interfaces, name) => {
    expect((await liveSource({ ...how, interfaces }, () => undefined)).name).toBe(name);
  });
});

it('says that all interfaces together are no device to be promiscuous', async () => {
  const source = await liveSource({ ...HOW, promiscuous: true, interfaces: ['any'] }, () => undefined);
  await expect(source.open(new CollectingSink())).rejects.toMatchObject({
    code: 'ERR_NO_SUCH_DEVICE',
    message: expect.stringContaining('name the interfaces'),
  });
});
