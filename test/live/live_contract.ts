/** The contract of frame sources for live ones: the cases run in a program inside a namespace, and are told of here. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NamespacePair } from './netns.ts';
import { Program } from './program.ts';
import { CONTRACT } from '../source/live/contract.ts';

/** @param source one of `LIVE_SUBJECTS` in programs/sources.ts */
export function describeLiveContract(source: string, isPossible: boolean): void {
  describe.skipIf(!isPossible)(`contract of frame sources: ${source}`, () => {
    let pair: NamespacePair;
    let program: Program;
    beforeAll(async () => {
      pair = new NamespacePair();
      program = await Program.start(pair.near, 'contract', source, pair.far.name, pair.directory);
    });
    afterAll(() => pair.dispose());

    it.each(CONTRACT.map(({ title }, index) => [title, index] as const))('%s', async (title, index) => {
      const report = (await program.report(index)) as { readonly title: string; readonly problem?: string };
      expect(report).toEqual({ title });
    });

    it('lets the process end', async () => {
      await program.ended;
    });
  });
}
