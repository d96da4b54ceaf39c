/** A proc file system made for a test: processes with sockets, and socket tables. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HEADER = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';

export class ProcTree {
  readonly root = mkdtempSync(join(tmpdir(), 'pcapflow-proc-'));

  constructor() {
    mkdirSync(join(this.root, 'net'));
    this.table('tcp');
    this.table('udp');
  }

  /** Rows such as `0100007F:0050 0200007F:1F90 01` and the inode. */
  table(name: string, rows: readonly (readonly [endsAndState: string, inode: number])[] = []): void {
    const lines = rows.map(
      ([text, inode], slot) =>
        `${String(slot).padStart(4)}: ${text} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0000000000000000 20 4 30 10 -1`,
    );
    writeFileSync(join(this.root, 'net', name), [HEADER, ...lines, ''].join('\n'));
  }

  process(pid: number, name: string, links: readonly string[] = []): void {
    const folder = join(this.root, String(pid));
    mkdirSync(join(folder, 'fd'), { recursive: true });
    writeFileSync(join(folder, 'comm'), `${name}\n`);
    links.forEach((link, descriptor) => symlinkSync(link, join(folder, 'fd', String(descriptor))));
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}
