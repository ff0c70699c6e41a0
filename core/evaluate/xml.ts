/** An element of a small XML file: its text, or its children. */
export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

const TOKEN = /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)([A-Za-z_][\w.-]*)(?:\s[^<>]*?)?(\/?)>|([^<]+)/y;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const MAX_DEPTH = 32;

interface OpenElement {
  readonly name: string;
  text: string;
  readonly children: XmlElement[];
}

/**
 * The root element of annotation files: elements and text; attributes are left out, and what such files
 * do not need (doctypes, own entities, CDATA) is refused. Gives a reason where the text is not well formed.
 */
export function parseXml(source: string): XmlElement | string {
  const top: OpenElement = { name: '', text: '', children: [] };
  const open = [top];
  const text = source.replace(/^\uFEFF/, '');
  const tokens = new RegExp(TOKEN);
  while (tokens.lastIndex < text.length) {
    const at = tokens.lastIndex;
    const token = tokens.exec(text);
    if (!token) return `unexpected text at character ${at}`;
    const problem = takeToken(token, open);
    if (problem !== undefined) return problem;
  }
  const [root, ...more] = top.children;
  if (open.length > 1) return `<${open.at(-1)?.name ?? ''}> is not closed`;
  return root && more.length === 0 ? root : 'not one root element';
}

function takeToken(token: RegExpExecArray, open: OpenElement[]): string | undefined {
  const [, closing, name, selfClosing, text] = token;
  const inner = open.at(-1);
  if (!inner) return 'text behind the root element';
  if (text !== undefined) inner.text += decodeEntities(text);
  if (name === undefined) return undefined;
  if (closing) {
    if (open.length < 2 || inner.name !== name) return `</${name}> closes <${inner.name}>`;
    open.pop();
    open.at(-1)?.children.push({ ...inner, text: inner.text.trim() });
    return undefined;
  }
  if (selfClosing) {
    inner.children.push({ name, text: '', children: [] });
    return undefined;
  }
  if (open.length > MAX_DEPTH) return `nested deeper than ${MAX_DEPTH}`;
  open.push({ name, text: '', children: [] });
  return undefined;
}

function decodeEntities(text: string): string {
  return text.replace(/&(\w+);/g, (whole, name: string) =>
    Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] ?? whole) : whole,
  );
}
