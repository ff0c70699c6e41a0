import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'svelte/compiler';
import { describe, expect, test } from 'vitest';
import { da } from '../../../../src/app/text/da.ts';
import { en } from '../../../../src/app/text/en.ts';
import { pseudo, pseudoText } from '../../../../src/app/text/pseudo.ts';
import { pt } from '../../../../src/app/text/pt.ts';

type Tree = { readonly [key: string]: string | Tree };

const flat = (tree: Tree, path = ''): [key: string, text: string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[path + key, value] as [string, string]] : flat(value, `${path}${key}.`),
  );

const english = flat(en);
const gaps = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

describe.each([
  ['Danish', da],
  ['Portuguese', pt],
  ['the pseudo-locale', pseudo],
] as const)('the app in %s', (name, catalogue) => {
  const texts = new Map(flat(catalogue));

  test('has every text of the English one, with the same gaps', () => {
    expect([...texts.keys()].sort()).toEqual(english.map(([key]) => key).sort());
    for (const [key, text] of english) expect(gaps(texts.get(key) ?? ''), key).toEqual(gaps(text));
  });

  test('leaves no sentence in English', () => {
    const isSentence = (text: string) => /\p{L} \p{L}+ \p{L}/u.test(text);
    const same = english.filter(([key, text]) => isSentence(text) && texts.get(key) === text);
    expect(same).toEqual([]);
  });

  test('keeps the tone: no exclamation mark, no text left empty', () => {
    const loud = [...texts].filter(([, text]) => text.includes('!') || text.trim() === '');
    expect(loud, name).toEqual([]);
  });
});

test('the pseudo-locale keeps gaps and is at least a third longer', () => {
  expect(pseudoText('{{count}} photos')).toMatch(/^\{\{count\}\} phøtøš /);
  expect(pseudoText('Accept').length).toBeGreaterThanOrEqual(8);
});

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(ts|svelte)$/.test(path) && !path.includes('app/text/'))
  .map((path) => `src/${path}`);

test('every text of the app is used by it', () => {
  const all = sources.map((path) => readFileSync(path, 'utf8')).join('\n');
  // "judge.open_one" is asked for as "judge.open"; a group whose key ends in a value of a record by `group.${`.
  const isUsed = (key: string): boolean => {
    const asked = key.replace(/_(zero|one|other)$/, '');
    if (all.includes(asked)) return true;
    const parts = asked.split('.');
    return parts.some(
      (_part, at) => at > 0 && new RegExp(`\\b${parts.slice(0, at).join('\\.')}\\.[\\w-]*\\$\\{`).test(all),
    );
  };
  expect(english.map(([key]) => key).filter((key) => !isUsed(key))).toEqual([]);
});

/** Names that are the same in every language, and what a person never reads. */
const ALLOWED = /^(Loupe|m|cm|mm|ms|px|GB)$/;
const SPOKEN_ATTRIBUTES = new Set(['aria-label', 'alt', 'title', 'placeholder', 'label']);
const hasWord = (text: string) => /\p{L}{2,}/u.test(text) && !ALLOWED.test(text.trim());

interface Node {
  readonly type?: string;
  readonly name?: string;
  readonly [key: string]: unknown;
}

/** Literal texts that a person would read or hear: text nodes, spoken attributes, results of expressions. */
function hardCoded(node: unknown, found: string[] = []): string[] {
  if (Array.isArray(node)) for (const one of node) hardCoded(one, found);
  else if (node !== null && typeof node === 'object') visit(node as Node, found);
  return found;
}

function visit(node: Node, found: string[]): void {
  if (node.type === 'Attribute' || node.type === 'StyleDirective') {
    if (SPOKEN_ATTRIBUTES.has(node.name ?? '')) found.push(...literals(node['value']));
    return;
  }
  if (node.type === 'Text' || node.type === 'ExpressionTag') {
    found.push(...literals(node));
    return;
  }
  for (const [key, value] of Object.entries(node)) if (key !== 'css') hardCoded(value, found);
}

function literals(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(literals);
  if (value === null || typeof value !== 'object') return [];
  const node = value as Node;
  switch (node.type) {
    case 'Text':
      return [String(node['data'])].filter(hasWord);
    case 'ExpressionTag':
      return literals(node['expression']);
    case 'Literal':
      return typeof node['value'] === 'string' ? [node['value']].filter(hasWord) : [];
    case 'TemplateLiteral':
      return (node['quasis'] as { value: { raw: string } }[])
        .map(({ value: { raw } }) => raw)
        .filter(hasWord);
    case 'ConditionalExpression':
      return [node['consequent'], node['alternate']].flatMap(literals);
    case 'LogicalExpression':
      return [node['left'], node['right']].flatMap(literals);
    default:
      return [];
  }
}

test.each(sources.filter((path) => path.endsWith('.svelte')))('%s says nothing by itself', (path) => {
  const { fragment } = parse(readFileSync(path, 'utf8'), { modern: true });
  expect(hardCoded(fragment)).toEqual([]);
});

test('a text that stands in a component is found', () => {
  const { fragment } = parse('<p aria-label="Hello you">{many ? "two photos" : t("x.y")} and more</p>', {
    modern: true,
  });
  expect(hardCoded(fragment)).toEqual(['Hello you', 'two photos', ' and more']);
});
