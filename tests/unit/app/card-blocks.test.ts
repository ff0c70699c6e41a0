import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cardBlocks, type Inline } from '../../../src/app/card-blocks.ts';

const plain = (text: string): Inline => [{ style: 'plain', text }];

test('headings, paragraphs, lists and tables come in their order, comments do not', () => {
  const card = `# Name
First line
goes on.

<!-- measured -->

| figure | value |
|---|---|
| mAP50 | **0.7** |

Words above:
- one
  goes on
- \`two\` more`;
  expect(cardBlocks(card)).toEqual([
    { kind: 'heading', level: 1, text: plain('Name') },
    { kind: 'paragraph', text: plain('First line goes on.') },
    {
      kind: 'table',
      head: [plain('figure'), plain('value')],
      rows: [[plain('mAP50'), [{ style: 'strong', text: '0.7' }]]],
    },
    { kind: 'paragraph', text: plain('Words above:') },
    {
      kind: 'list',
      items: [
        plain('one goes on'),
        [
          { style: 'code', text: 'two' },
          { style: 'plain', text: ' more' },
        ],
      ],
    },
  ]);
});

test('what is no Markdown of ours stays as it is written', () => {
  expect(cardBlocks('<b>bold</b> | not a table')).toEqual([
    { kind: 'paragraph', text: plain('<b>bold</b> | not a table') },
  ]);
  expect(cardBlocks('')).toEqual([]);
});

const cards = readdirSync('models', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('CARD.md'))
  .map((path) => join('models', path));

test.each(cards)('%s is laid out whole', (path) => {
  const blocks = cardBlocks(readFileSync(path, 'utf8'));
  const words = JSON.stringify(blocks);
  expect(words).not.toMatch(/\|---|<!--|## /);
  for (const block of blocks) {
    if (block.kind !== 'table') continue;
    for (const row of block.rows) expect(row).toHaveLength(block.head.length);
  }
  expect(blocks.filter(({ kind }) => kind === 'table').length).toBeGreaterThan(0);
});

test('there are cards to read', () => expect(cards.length).toBeGreaterThan(0));
