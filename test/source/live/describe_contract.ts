/** The contract of frame sources for those that need no namespace. */
import { describe, it } from 'vitest';
import { CONTRACT } from './contract.ts';
import type { ContractSubject } from './contract.ts';

export function describeContract(name: string, subject: ContractSubject): void {
  describe(`contract of frame sources: ${name}`, () => {
    it.each(CONTRACT.map(({ title, run }) => [title, run] as const))('%s', (_title, run) => run(subject));
  });
}
