import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const PERIOD_US = 50_000;
/** Where the kernel's two kinds of control groups are, and what they call a limit. */
const KINDS = [
  { root: '/sys/fs/cgroup', limit: (us: number) => ({ 'cpu.max': `${us} ${PERIOD_US}` }) },
  {
    root: '/sys/fs/cgroup/cpu',
    limit: (us: number) => ({ 'cpu.cfs_period_us': String(PERIOD_US), 'cpu.cfs_quota_us': String(us) }),
  },
] as const;

/** Holds processes to a share of a core each, as a container's limit does. */
export class CpuShare implements AsyncDisposable {
  readonly #folders: string[] = [];

  /** Undefined where the kernel or this user's rights don't allow it. */
  static async hold(pids: readonly number[], cores: number): Promise<CpuShare | undefined> {
    for (const { root, limit } of KINDS) {
      const share = new CpuShare();
      try {
        for (const pid of pids) {
          await share.#hold(pid, join(root, `loupe-load-${pid}`), limit(Math.round(cores * PERIOD_US)));
        }
        return share;
      } catch {
        await share[Symbol.asyncDispose]();
      }
    }
    return undefined;
  }

  async #hold(pid: number, folder: string, limit: Readonly<Record<string, string>>): Promise<void> {
    await mkdir(folder);
    this.#folders.push(folder);
    // 'r+': the kernel makes these files. Made by us, in a folder that is no control group, they would hold nothing.
    for (const [file, value] of Object.entries({ ...limit, 'cgroup.procs': String(pid) })) {
      await writeFile(join(folder, file), value, { flag: 'r+' });
    }
  }

  /** Once the processes have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const folder of this.#folders) await rmdir(folder).catch(() => undefined);
  }
}
