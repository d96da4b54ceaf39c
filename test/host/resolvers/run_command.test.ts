/** Running a program: its output, its limits, and what it is given. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { findProgram } from '../../../src/host/resolvers/find_program.ts';
import { runCommand } from '../../../src/host/resolvers/run_command.ts';
import { Programs } from './programs.ts';

const programs = new Programs();
afterAll(() => programs.remove());

const LIMITS = { timeoutMs: 30_000 };

describe('runCommand', () => {
  it('gives what was printed, and the exit code', async () => {
    const file = programs.add('both', 'echo out; echo err >&2; exit 3');
    expect(await runCommand(file, [], LIMITS)).toEqual({ output: 'out\n', messages: 'err\n', exitCode: 3 });
  });

  it('has no exit code when a signal ended it', async () => {
    expect((await runCommand(programs.add('crash', 'kill -9 $$'), [], LIMITS)).exitCode).toBeNull();
  });

  it('passes arguments as they are: there is no shell', async () => {
    const file = programs.add('arguments', 'for a in "$@"; do echo "<$a>"; done');
    const { output } = await runCommand(file, ['$(id)', 'a b', ';', '*', ''], LIMITS);
    expect(output).toBe('<$(id)>\n<a b>\n<;>\n<*>\n<>\n');
  });

  it('runs in the C locale with standard input closed', async () => {
    const file = programs.add('surroundings', 'echo "$LC_ALL"; /bin/cat; echo end');
    expect((await runCommand(file, [], LIMITS)).output).toBe('C\nend\n');
  });

  it('keeps the first messages and reads on', async () => {
    const file = programs.add(
      'talkative',
      'i=0; while [ $i -lt 3000 ]; do echo "this message is written many times over and over" >&2; i=$((i+1)); done; echo out',
    );
    const { output, messages } = await runCommand(file, [], LIMITS);
    expect([output, messages.length]).toEqual(['out\n', 4096]);
  });

  it('kills it at the timeout, also when a child of it holds the output open', async () => {
    const file = programs.add('slow', '/bin/sleep 20 & echo begun; /bin/sleep 20');
    const openPipes = (): number => process.getActiveResourcesInfo().filter((name) => name === 'PipeWrap').length;
    const before = openPipes();
    await expect(runCommand(file, [], { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'ERR_RESOLVER_TIMEOUT',
      message: expect.stringContaining('100 ms'),
    });
    // Nothing is left that would keep this process running.
    await vi.waitFor(() => expect(openPipes()).toBe(before), { timeout: 120_000 });
  });

  it('kills it when it prints too much', async () => {
    const file = programs.add('endless', 'while :; do echo 0123456789012345678901234567890123456789; done');
    await expect(runCommand(file, [], { ...LIMITS, outputBytesMax: 100_000 })).rejects.toMatchObject({
      code: 'ERR_RESOLVER_UNAVAILABLE',
    });
  });

  it('takes just as much as is allowed', async () => {
    const file = programs.add('ten', 'printf 0123456789');
    expect((await runCommand(file, [], { ...LIMITS, outputBytesMax: 10 })).output).toBe('0123456789');
    await expect(runCommand(file, [], { ...LIMITS, outputBytesMax: 9 })).rejects.toMatchObject({
      code: 'ERR_RESOLVER_UNAVAILABLE',
    });
  });

  it('kills it when the signal comes, and does not start it after the signal', async () => {
    const pidFile = join(programs.path, 'pid');
    const file = programs.add('waits', `echo $$ > '${pidFile}'; exec /bin/sleep 20`);
    const controller = new AbortController();
    const running = runCommand(file, [], { ...LIMITS, signal: controller.signal });
    const pid = await vi.waitFor(() => Number(/^\d+\n$/.exec(readFileSync(pidFile, 'utf8'))?.[0] ?? expect.fail()), {
      timeout: 120_000,
    });
    controller.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), { timeout: 120_000 });
    await expect(runCommand(file, [], { ...LIMITS, signal: controller.signal })).rejects.toThrow('enough');
  });

  it('leaves no timer behind', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const file = programs.add('quick', '');
    const before = timers();
    await runCommand(file, [], LIMITS);
    await expect(runCommand(join(programs.path, 'missing'), [], LIMITS)).rejects.toThrow();
    expect(timers()).toBeLessThanOrEqual(before);
  });

  it('says so when it cannot be started', async () => {
    writeFileSync(join(programs.path, 'no-format'), '\u0000');
    for (const file of [join(programs.path, 'missing'), programs.path, programs.add('not-executable', 'echo', 0o644)]) {
      await expect(runCommand(file, [], LIMITS)).rejects.toMatchObject({
        code: 'ERR_RESOLVER_UNAVAILABLE',
        message: expect.stringContaining(file),
      });
    }
  });
});

describe('findProgram', () => {
  it('finds the first executable file of that name', async () => {
    const [first, second] = [new Programs(), new Programs()];
    mkdirSync(join(first.path, 'ss'));
    first.add('lsof', '', 0o644);
    second.add('ss', '');
    second.add('lsof', '');
    const path = `${first.path}:${second.path}`;
    expect(await findProgram('ss', path)).toBe(join(second.path, 'ss'));
    expect(await findProgram('lsof', path)).toBe(join(second.path, 'lsof'));
    expect(await findProgram('netstat', path)).toBeUndefined();
    first.remove();
    second.remove();
  });

  it('looks into no relative folder', async () => {
    expect(await findProgram('package.json', '.:')).toBeUndefined();
    expect(await findProgram('sh', 'bin:../../../../../../bin:')).toBeUndefined();
    expect(await findProgram('sh', '/bin')).toBe('/bin/sh');
  });
});
