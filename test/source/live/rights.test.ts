import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dropTo, mayCapture, parseUsers, permissionError, remedies } from '../../../src/source/live/rights.ts';

describe('rights', () => {
  it('are read from the effective capabilities', () => {
    expect(mayCapture('CapPrm:\t000001fffeffffff\nCapEff:\t000001fffeffffff\n')).toBe(true);
    expect(mayCapture('CapEff:\t0000000000002000\n')).toBe(true);
    expect(mayCapture('CapPrm:\t0000000000002000\nCapEff:\t0000000000000000\n')).toBe(false);
    expect(mayCapture('CapEff:\t000001ffffffdfff\n')).toBe(false);
    expect(mayCapture('')).toBe(false);
  });

  it('that are missing are told with commands that can be pasted', () => {
    expect(remedies(['/usr/bin/node', '/opt/it is/main.cjs', 'live', "it's"])).toEqual([
      `sudo /usr/bin/node '/opt/it is/main.cjs' live 'it'\\''s'`,
      `sudo cp /usr/bin/node /usr/local/bin/node-capture && sudo setcap cap_net_raw+ep /usr/local/bin/node-capture && /usr/local/bin/node-capture '/opt/it is/main.cjs' live 'it'\\''s'`,
    ]);
    const error = permissionError();
    expect(error.code).toBe('ERR_PERMISSION');
    for (const line of remedies()) expect(error.message).toContain(line);
  });
});

describe('dropTo', () => {
  it('reads users from passwd', () => {
    expect(
      parseUsers('root:x:0:0:root:/root:/bin/sh\n\n# no\nnobody:x:65534:65534::/:/bin/false\nbad:x:a:b::/:\n'),
    ).toEqual([
      { name: 'root', uid: 0, gid: 0 },
      { name: 'nobody', uid: 65534, gid: 65534 },
    ]);
  });

  it('refuses a user that is not there, and root under any name', () => {
    const directory = mkdtempSync(join(tmpdir(), 'pcapflow-'));
    try {
      const file = join(directory, 'passwd');
      writeFileSync(file, 'toor:x:0:0::/:/bin/sh\n');
      expect(() => dropTo('nobody', file)).toThrow(/nobody: no such user/);
      expect(() => dropTo('toor', file)).toThrow(/all rights/);
      expect(() => dropTo('0', file)).toThrow(/all rights/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it.skipIf(process.getuid?.() === 0)('tells an ordinary user that only root can', () => {
    expect(() => dropTo('nobody')).toThrow(/cannot become nobody: .*only root can/);
  });
});
