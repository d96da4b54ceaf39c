/** Where the cache of this user lies (XDG Base Directory Specification). */
import { homedir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

const PROJECT = 'pcapflow';

export interface CurrentUser {
  /** Effective user; undefined where the system has none. */
  readonly uid: number | undefined;
  /** Home folder by the system's list of users, whatever the environment says. */
  home(): string;
}

const CURRENT: CurrentUser = { uid: process.geteuid?.(), home: () => userInfo().homedir };

/**
 * `$XDG_CACHE_HOME/pcapflow`, or `.cache/pcapflow` in the home folder. Under sudo the environment may be that of the
 * user who called it; then it says nothing, and root's own home folder counts.
 */
export function defaultCacheFolder(env: NodeJS.ProcessEnv = process.env, user: CurrentUser = CURRENT): string {
  if (user.uid === 0 && env.SUDO_UID !== undefined) return join(user.home(), '.cache', PROJECT);
  const xdg = env.XDG_CACHE_HOME;
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, PROJECT);
  return join(env.HOME ?? homedir(), '.cache', PROJECT);
}
