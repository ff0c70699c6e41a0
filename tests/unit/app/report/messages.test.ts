import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { reportDanish } from '../../../../src/app/report/messages.da.ts';
import { reportEnglish } from '../../../../src/app/report/messages.en.ts';
import { reportPortuguese } from '../../../../src/app/report/messages.pt.ts';

type Tree = { readonly [key: string]: string | Tree };

const flat = (tree: Tree, path = ''): [key: string, text: string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[path + key, value] as [string, string]] : flat(value, `${path}${key}.`),
  );

const english = flat(reportEnglish);
const gaps = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

describe.each([
  ['Danish', reportDanish],
  ['Portuguese', reportPortuguese],
] as const)('the report in %s', (_language, messages) => {
  const texts = new Map(flat(messages));

  test('has every text of the English one, with the same gaps', () => {
    expect([...texts.keys()].sort()).toEqual(english.map(([key]) => key).sort());
    for (const [key, text] of english) expect(gaps(texts.get(key) ?? ''), key).toEqual(gaps(text));
  });

  test('leaves no sentence in English', () => {
    const same = english.filter(([key, text]) => / \w+ \w+/.test(text) && texts.get(key) === text);
    expect(same).toEqual([]);
  });
});

test('every text of the report is used by it', () => {
  const folder = 'src/app/report';
  const sources = readdirSync(folder)
    .filter((name) => !name.startsWith('messages.'))
    .map((name) => readFileSync(`${folder}/${name}`, 'utf8'))
    .join('\n');
  const unused = english
    .map(([key]) => key.replace(/_(one|other)$/, ''))
    .filter((key) => {
      const [last = '', parent = ''] = key.split('.').reverse();
      return !sources.includes(key) && !(sources.includes(`${parent}.\${`) && sources.includes(last));
    });
  // Said by a value of a record: method, action, self-test and quality words.
  const byValue = /\.(assetState|action|method|photos)\.[a-z-]+$/;
  expect(unused.filter((key) => !byValue.test(key))).toEqual([]);
});
