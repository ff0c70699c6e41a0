import * as v from 'valibot';
import { CaptureId, FindingId, InspectionId } from '../../core/contract/ids.ts';

export type Route =
  | { readonly kind: 'inspections' }
  | { readonly kind: 'new' }
  | { readonly kind: 'models' }
  | { readonly kind: 'storage' }
  | { readonly kind: 'settings' }
  | { readonly kind: 'inspection'; readonly id: InspectionId }
  | { readonly kind: 'add'; readonly id: InspectionId }
  | { readonly kind: 'hand-over'; readonly id: InspectionId }
  | { readonly kind: 'photo'; readonly id: InspectionId; readonly captureId: CaptureId }
  | { readonly kind: 'judge'; readonly id: InspectionId; readonly findingId: FindingId | undefined }
  | { readonly kind: 'demo'; readonly model: string | undefined; readonly sample: string | undefined }
  | { readonly kind: 'unknown'; readonly path: string };

export type RouteOf<Kind extends Route['kind']> = Extract<Route, { readonly kind: Kind }>;

type Address = Pick<Location, 'hash' | 'search'>;

/** Reads `#/path?query`; a model or sample named before the hash opens the demo too. */
export function parseRoute({ hash, search }: Address): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?');
  const [first, rawId, child, rawChildId, ...rest] = path.split('/').filter(Boolean);
  const outer = new URLSearchParams(search);
  const inner = new URLSearchParams(query);
  const named = (name: string) => inner.get(name) ?? outer.get(name) ?? undefined;
  const unknown: Route = { kind: 'unknown', path };
  const alone = rawId === undefined;
  if (first === undefined) {
    return outer.has('model') || outer.has('sample')
      ? { kind: 'demo', model: named('model'), sample: named('sample') }
      : { kind: 'inspections' };
  }
  if (first === 'demo' && alone) return { kind: 'demo', model: named('model'), sample: named('sample') };
  if ((first === 'new' || first === 'models' || first === 'storage' || first === 'settings') && alone) {
    return { kind: first };
  }
  const id = v.safeParse(InspectionId, rawId);
  if (first !== 'inspections' || !id.success || rest.length > 0) return unknown;
  if (child === undefined) return { kind: 'inspection', id: id.output };
  if (child === 'add' && rawChildId === undefined) return { kind: 'add', id: id.output };
  if (child === 'hand-over' && rawChildId === undefined) return { kind: 'hand-over', id: id.output };
  if (child === 'photos') {
    const captureId = v.safeParse(CaptureId, rawChildId);
    return captureId.success ? { kind: 'photo', id: id.output, captureId: captureId.output } : unknown;
  }
  if (child === 'judge') {
    const findingId = v.safeParse(v.optional(FindingId), rawChildId);
    return findingId.success ? { kind: 'judge', id: id.output, findingId: findingId.output } : unknown;
  }
  return unknown;
}

export function hrefTo(route: Route): string {
  switch (route.kind) {
    case 'inspections':
      return '#/';
    case 'inspection':
      return `#/inspections/${route.id}`;
    case 'add':
      return `#/inspections/${route.id}/add`;
    case 'hand-over':
      return `#/inspections/${route.id}/hand-over`;
    case 'photo':
      return `#/inspections/${route.id}/photos/${route.captureId}`;
    case 'judge':
      return `#/inspections/${route.id}/judge${route.findingId === undefined ? '' : `/${route.findingId}`}`;
    case 'demo': {
      const query = new URLSearchParams();
      if (route.model !== undefined) query.set('model', route.model);
      if (route.sample !== undefined) query.set('sample', route.sample);
      return query.size === 0 ? '#/demo' : `#/demo?${query}`;
    }
    case 'unknown':
      return `#${route.path}`;
    default:
      return `#/${route.kind}`;
  }
}
