/**
 * Where files of a plan really are. A plan names what lies below its roots (see parsePlan), but a link there may lead
 * anywhere. Whoever can change links while a job runs is not held up by this.
 */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isBelow } from './plan.ts';

/**
 * @param urls absolute paths and `s3://` URLs, which have no links; what does not exist yet counts by its folder
 * @param roots undefined: files may be anywhere
 * @throws {RangeError} for one that is reached through a link to somewhere else
 */
export async function checkRoots(urls: readonly string[], roots: readonly string[] | undefined): Promise<void> {
  const paths = urls.filter((url) => url.startsWith('/'));
  if (roots === undefined || paths.length === 0) return;
  const real = await Promise.all(roots.filter((root) => root.startsWith('/')).map(realPath));
  for (const path of paths) {
    const found = await realPath(path);
    if (!real.some((root) => isBelow(found, root)))
      throw new RangeError(`${path} leads to ${found}, which is not below ${roots.join(' or ')} (--root)`);
  }
}

async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const folder = dirname(path);
    return folder === path ? path : join(await realPath(folder), basename(path));
  }
}
