import { describe, expect, it } from 'vitest';
import { afterEvent, type SignOffEvent, type Standing } from '../../../../core/sync-rules/sign-off.ts';

const draft: Standing = { status: 'draft', revision: 1, decided: 0 };
const finalised: SignOffEvent = { kind: 'set', status: 'finalised' };
const edited: SignOffEvent = { kind: 'edited' };
const decided = (decision: 'approved' | 'has-issues' | 'rejected'): SignOffEvent => ({
  kind: 'decided',
  decision,
});
const after = (...events: readonly SignOffEvent[]): Standing | undefined =>
  events.reduce<Standing | undefined>((standing, event) => standing && afterEvent(standing, event), draft);

describe('the state machine of a sign-off', () => {
  it.each<[string, readonly SignOffEvent[], Standing | undefined]>([
    ['nothing is decided on that was not handed over', [decided('approved')], undefined],
    ['an edit of a draft is no revision', [edited], draft],
    ['handed over, it is received', [finalised], { status: 'received', revision: 1, decided: 0 }],
    ['what is received may go on changing', [finalised, edited], { ...draft, status: 'received' }],
    ['approved', [finalised, decided('approved')], { status: 'approved', revision: 1, decided: 1 }],
    [
      'an edit after approval waits for the office again, as a new revision',
      [finalised, decided('approved'), edited, edited],
      { status: 'received', revision: 2, decided: 1 },
    ],
    [
      'issues stay until they are handed over as mended',
      [finalised, decided('has-issues'), edited],
      { status: 'has-issues', revision: 2, decided: 1 },
    ],
    [
      'mended and handed over, it is one revision further',
      [finalised, decided('has-issues'), edited, finalised],
      { status: 'received', revision: 2, decided: 1 },
    ],
    [
      'handed over again unchanged, it is a new revision too',
      [finalised, decided('rejected'), finalised],
      { status: 'received', revision: 2, decided: 1 },
    ],
    [
      'taken back by the technician',
      [finalised, decided('approved'), { kind: 'set', status: 'draft' }],
      { status: 'draft', revision: 2, decided: 1 },
    ],
    [
      'the office may think again',
      [finalised, decided('approved'), decided('has-issues')],
      { status: 'has-issues', revision: 1, decided: 1 },
    ],
  ])('%s', (_, events, standing) => {
    expect(after(...events)).toEqual(standing);
  });
});
