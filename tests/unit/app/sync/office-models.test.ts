import { beforeEach, expect, it } from 'vitest';
import type { TakenReleases } from '../../../../core/contract/release.ts';
import type { Role } from '../../../../core/contract/roles.ts';
import { fail, succeed } from '../../../../core/domain/outcome.ts';
import { OfficeModels, type OfficeModelsParts } from '../../../../src/app/sync/office-models.ts';

let done: string[];
let roles: readonly Role[];
let isReached: boolean;
let taken: TakenReleases;
let now: number;
let models: OfficeModels;

beforeEach(() => {
  [done, roles, isReached, now] = [[], ['technician'], true, 1e6];
  taken = { trusted: ['new'], toInstall: [], withdrawn: [] };
  const answer = { protocol: 1, releases: [{ manifest: '', key: '', signature: '' }], keys: [] };
  const note = (what: string) => void done.push(what);
  models = new OfficeModels({
    store: {
      account: async () => ({ device: 'me', roles }),
      publishers: async () => ['old'],
      keepPublishers: async (device: string, keys: readonly string[]) => note(`pin ${device} ${keys.join()}`),
    },
    vision: {
      takeReleases: async ({ pinned }: { pinned: readonly string[] }) => {
        note(`take by ${pinned.join()}`);
        return succeed(taken);
      },
      installRelease: async (id: string) => {
        note(`install ${id}`);
        return id === 'bad' ? fail({ kind: 'cancelled' }) : succeed({ id });
      },
      installPack: async (id: string) => note(`back to the app ${id}`),
    },
    client: async () => ({
      releases: async () => {
        note('ask');
        return isReached ? succeed(answer) : fail({ kind: 'unreached' });
      },
      report: async () => note('report'),
    }),
    now: () => now,
    shelf: { load: async () => note('show'), loadRefused: async () => note('show refused') },
    onInstalled: ({ id }: { id: string }) => note(`tell ${id}`),
    // Of each only what is asked here.
  } as unknown as OfficeModelsParts);
});

it('takes what the office tells, by the keys that are pinned, installs it and reports', async () => {
  taken = { trusted: ['new'], toInstall: ['bad', 'good'], withdrawn: ['gone'] };
  await models.look();
  expect(done).toEqual([
    ...['ask', 'take by old', 'pin me new', 'back to the app gone', 'install bad', 'install good'],
    ...['tell good', 'show', 'report'],
  ]);
});

it('shows what was refused where there is nothing to install', async () => {
  await models.look();
  expect(done).toEqual(['ask', 'take by old', 'pin me new', 'show refused']);
});

it('asks twice a minute at most, unless a person does', async () => {
  await models.look();
  now += 29_999;
  await models.look();
  expect(done.filter((one) => one === 'ask')).toHaveLength(1);
  models.hurry();
  await models.look();
  now += 30_000;
  await models.look();
  expect(done.filter((one) => one === 'ask')).toHaveLength(3);
  // A clock that was set back stops nothing.
  now -= 1e9;
  await models.look();
  expect(done.filter((one) => one === 'ask')).toHaveLength(4);
});

it('asks again at once after an office that was not reached', async () => {
  isReached = false;
  await models.look();
  isReached = true;
  await models.look();
  expect(done).toEqual(['ask', 'ask', 'take by old', 'pin me new', 'show refused']);
});

it('is one look, however many ask', async () => {
  await Promise.all([models.look(), models.look()]);
  expect(done.filter((one) => one === 'ask')).toHaveLength(1);
});

it('leaves a desk that inspects nothing alone', async () => {
  roles = ['reviewer', 'admin'];
  await models.look();
  expect(done).toEqual([]);
});
