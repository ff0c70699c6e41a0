import { describe, expect, it } from 'vitest';
import type { DeskDevice } from '../../../../core/contract/desk.ts';
import type { PublishedRelease } from '../../../../core/contract/publishing.ts';
import { keyRequest } from '../../../../src/app/desk/key-request.ts';
import { packRows, stepsFrom } from '../../../../src/app/desk/pack-rows.ts';

const release = (
  number: number,
  version: string | null,
  share: number,
  backFrom: number | null = null,
  id = 'blade',
): PublishedRelease => ({
  ...{ id, release: number, version, share, backFrom, publishedAt: 1, by: 'Ada' },
  ...{ manifest: '', key: '', signature: '' },
});
const device = (name: string, version?: string, more: Partial<DeskDevice> = {}): DeskDevice => ({
  ...{ id: name, name, roles: ['technician'], person: null, enrolledAt: 1, revokedAt: null },
  ...{ lastSeen: null, appVersion: null, packs: version === undefined ? {} : { blade: version } },
  ...more,
});
const shown = (all: readonly PublishedRelease[], devices: readonly DeskDevice[] = []) =>
  packRows(all, devices).map(({ id, rows }) => [
    id,
    ...rows.map((row) => [row.release.release, row.devices.join(), row.backTo?.release, row.replacedBy]),
  ]);

describe('releases at the desk', () => {
  it('are one table a pack, without ways back that were not taken', () => {
    const all = [
      ...[
        release(4, '1.0.0', 0, 3),
        release(3, '1.1.0', 10),
        release(2, null, 0, 1),
        release(1, '1.0.0', 100),
      ],
      ...[release(2, null, 0, 1, 'crack'), release(1, '1.0.0', 0, null, 'crack')],
    ];
    expect(shown(all)).toEqual([
      ['blade', [3, '', 4, undefined], [1, '', undefined, undefined]],
      ['crack', [1, '', undefined, undefined]],
    ]);
  });

  it('that every tablet is given replace those below; what was rolled back cannot be so again', () => {
    const all = [release(4, '1.0.0', 100, 3), release(3, '1.1.0', 100), release(1, '1.0.0', 100)];
    expect(shown(all)).toEqual([
      ['blade', [4, '', undefined, undefined], [3, '', undefined, 4], [1, '', undefined, 4]],
    ]);
  });

  it('name the tablets that report them, without desks and revoked ones', () => {
    const devices = [
      ...[device('T1', '1.1.0'), device('T2', '1.0.0'), device('T3')],
      device('gone', '1.1.0', { revokedAt: 5 }),
      device('desk', '1.1.0', { roles: ['reviewer'] }),
    ];
    const all = [release(3, '1.1.0', 10), release(1, '1.0.0', 100)];
    expect(shown(all, devices)).toEqual([
      ['blade', [3, 'T1', undefined, undefined], [1, 'T2', undefined, undefined]],
    ]);
    expect(packRows(all, devices)[0]?.allDevices).toBe(3);
  });

  it.each([
    [0, [5, 10, 25, 50, 100]],
    [10, [25, 50, 100]],
    [30, [50, 100]],
    [100, []],
  ])('at %i percent may be given to %j', (share, steps) => {
    expect(stepsFrom(share)).toEqual(steps);
  });
});

describe('a publisher that is registered', () => {
  const [key, by, signature] = ['k'.repeat(43), 'b'.repeat(43), 's'.repeat(86)];
  it.each([
    ['by the key alone', { name: 'Ada', key: ` ${key}\n`, by: '', signature: '' }, { name: 'Ada', key }],
    [
      'with an endorsement',
      { name: 'Ada', key, by, signature },
      { name: 'Ada', key, endorsement: { by, signature } },
    ],
    ['not without a name', { name: ' ', key, by: '', signature: '' }, undefined],
    ['not by another text', { name: 'Ada', key: 'ssh-ed25519 AAAA', by: '', signature: '' }, undefined],
    ['not with half an endorsement', { name: 'Ada', key, by, signature: '' }, undefined],
  ])('%s', (_name, typed, request) => {
    expect(keyRequest(typed)).toEqual(request);
  });
});
