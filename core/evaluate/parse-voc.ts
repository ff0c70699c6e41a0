import type { Size } from '../contract/geometry.ts';
import { fail, succeed, type Outcome } from '../domain/outcome.ts';
import type { LabelFailure, Truth } from './truth.ts';
import { parseXml, type XmlElement } from './xml.ts';

export interface VocAnnotation {
  /** As the file tells it; absent where it tells none. */
  readonly size?: Size;
  readonly truths: readonly Truth[];
}

/**
 * A Pascal VOC annotation. Sides are xmax - xmin as the numbers stand, without the +1 of the VOC toolkit.
 * A name that `classOf` does not know is a failure, so that a wrong model does not pass as a bad one.
 */
export function parseVoc(
  text: string,
  classOf: (name: string) => number | undefined,
  file: string,
): Outcome<VocAnnotation, LabelFailure> {
  const root = parseXml(text);
  if (typeof root === 'string') return fail({ kind: 'bad-labels', file, detail: root });
  if (root.name !== 'annotation') {
    return fail({ kind: 'bad-labels', file, detail: `<${root.name}> is no annotation` });
  }
  const truths: Truth[] = [];
  for (const object of root.children.filter(({ name }) => name === 'object')) {
    const truth = objectTruth(object, classOf);
    if (typeof truth === 'string') return fail({ kind: 'bad-labels', file, detail: truth });
    truths.push(truth);
  }
  const size = child(root, 'size');
  const width = number(size, 'width');
  const height = number(size, 'height');
  return succeed({ truths, ...(width > 0 && height > 0 ? { size: { width, height } } : {}) });
}

function objectTruth(object: XmlElement, classOf: (name: string) => number | undefined): Truth | string {
  const name = child(object, 'name')?.text ?? '';
  const classIndex = classOf(name);
  if (classIndex === undefined) return `the model has no class "${name}"`;
  const bounds = child(object, 'bndbox');
  const x = number(bounds, 'xmin');
  const y = number(bounds, 'ymin');
  const width = number(bounds, 'xmax') - x;
  const height = number(bounds, 'ymax') - y;
  // Written so that NaN fails it too.
  if (!(width >= 0 && height >= 0)) return `"${name}" has no box`;
  return { classIndex, box: { x, y, width, height } };
}

const child = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  element?.children.find((each) => each.name === name);

/** NaN where the number is missing. */
function number(element: XmlElement | undefined, name: string): number {
  const text = child(element, name)?.text ?? '';
  const value = text === '' ? NaN : Number(text);
  return Number.isFinite(value) ? value : NaN;
}
