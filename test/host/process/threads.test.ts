/**
 * Sockets that the first thread of a process does not have: a thread with descriptors of its own (unshare(2)), and a
 * process whose first thread has ended. Skipped without a C compiler.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FlowAttribution } from '../../../src/attribution/attribution.ts';
import { socketOwners } from '../../../src/host/process/socket_owners.ts';
import { SocketTable } from '../../../src/host/sockets/index.ts';

/** Listens in a second thread, prints the port, and ends with its input. */
const SOURCE = `
#define _GNU_SOURCE
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int own;

static void *serve(void *unused) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001)};
  socklen_t size = sizeof address;
  char byte;
  if (own) unshare(CLONE_FILES);
  int server = socket(AF_INET, SOCK_STREAM, 0);
  bind(server, (void *)&address, size);
  listen(server, 1);
  getsockname(server, (void *)&address, &size);
  printf("%d\\n", ntohs(address.sin_port));
  fflush(stdout);
  read(0, &byte, 1);
  _exit(0);
}

int main(int count, char **arguments) {
  pthread_t thread;
  own = !strcmp(arguments[1], "own");
  pthread_create(&thread, NULL, serve, NULL);
  if (!own) pthread_exit(NULL);
  pthread_join(thread, NULL);
}
`;

const hasCompiler = spawnSync('cc', ['--version']).status === 0;

describe.skipIf(!hasCompiler)('the socket (needs cc)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pcapflow-threads-'));
  const program = join(folder, 'threads');
  beforeAll(() => {
    writeFileSync(`${program}.c`, SOURCE);
    execFileSync('cc', ['-pthread', '-o', program, `${program}.c`]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['own', 'of a thread with descriptors of its own'],
    ['ended', 'of a process whose first thread has ended'],
  ])('%s: %s has its process', async (mode) => {
    const child = spawn(program, [mode], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
      const port = Number(line);
      const row = new SocketTable('tcp').byLocalPort(port).find(({ state }) => state === 'listen');
      const { owners } = socketOwners({ inodes: new Set([row?.inode ?? 0]) });
      expect(owners.get(row?.inode ?? 0)).toEqual([
        { pid: child.pid, name: 'threads', descriptors: [expect.any(Number)] },
      ]);
      await using attribution = new FlowAttribution();
      const started = { protocol: 6, srcAddress: '192.0.2.9', srcPort: 4000, firstSeenMs: Date.now() };
      const [answer] = await attribution.attribute([{ ...started, dstAddress: '127.0.0.1', dstPort: port }]);
      expect(answer).toMatchObject({ process: { pid: child.pid, name: 'threads' }, evidence: 'listener' });
    } finally {
      child.stdin.end();
    }
  });
});
