import * as v from 'valibot';
import { CaptureId, FindingId, InspectionId } from '../../core/contract/ids.ts';

export type Route =
  | { readonly kind: 'inspections' }
  | { readonly kind: 'new' }
  | { readonly kind: 'models' }
  | { readonly kind: 'diagnostics' }
  | { readonly kind: 'storage' }
  | { readonly kind: 'settings' }
  | { readonly kind: 'about' }
  | { readonly kind: 'sync'; readonly code: string | undefined }
  | { readonly kind: 'conflicts' }
  | { readonly kind: 'inspection'; readonly id: InspectionId }
  | { readonly kind: 'add'; readonly id: InspectionId }
  | { readonly kind: 'hand-over'; readonly id: InspectionId }
  | { readonly kind: 'photo'; readonly id: InspectionId; readonly captureId: CaptureId }
  | { readonly kind: 'mark'; readonly id: InspectionId; readonly captureId: CaptureId }
  | { readonly kind: 'findings'; readonly id: InspectionId }
  | { readonly kind: 'compare'; readonly id: InspectionId; readonly findingId: FindingId }
  | { readonly kind: 'judge'; readonly id: InspectionId; readonly findingId: FindingId | undefined }
  | { readonly kind: 'demo'; readonly model: string | undefined; readonly sample: string | undefined }
  | { readonly kind: 'desk'; readonly tab: DeskTab }
  | { readonly kind: 'unknown'; readonly path: string };

/** Parts of the office desk. */
export const DESK_TABS = [
  'inspections',
  'map',
  'campaigns',
  'agreement',
  'datasets',
  'models',
  'devices',
  'audit',
] as const;
export type DeskTab = (typeof DESK_TABS)[number];

export type RouteOf<Kind extends Route['kind']> = Extract<Route, { readonly kind: Kind }>;

type Address = Pick<Location, 'hash' | 'search'>;

const PLAIN = ['new', 'models', 'diagnostics', 'storage', 'settings', 'about', 'conflicts'] as const;

/** Reads `#/path?query`; a model or sample named before the hash opens the demo too. */
export function parseRoute({ hash, search }: Address): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?');
  const [first, rawId, child, rawChildId, ...rest] = path.split('/').filter(Boolean);
  const outer = new URLSearchParams(search);
  const inner = new URLSearchParams(query);
  const named = (name: string) => inner.get(name) ?? outer.get(name) ?? undefined;
  const unknown: Route = { kind: 'unknown', path };
  const alone = rawId === undefined;
  // The server leads `/desk` here, with an invitation behind the hash as it came.
  const invitation = /^code=([\w-]+)$/.exec(first ?? '')?.[1];
  if (invitation !== undefined && alone) return { kind: 'sync', code: invitation };
  if (hash === '' && outer.has('desk')) return { kind: 'desk', tab: 'inspections' };
  if (first === undefined) {
    return outer.has('model') || outer.has('sample')
      ? { kind: 'demo', model: named('model'), sample: named('sample') }
      : { kind: 'inspections' };
  }
  if (first === 'demo' && alone) return { kind: 'demo', model: named('model'), sample: named('sample') };
  if (first === 'sync' && alone) return { kind: 'sync', code: named('code') };
  const plain = PLAIN.find((kind) => kind === first);
  if (plain && alone) return { kind: plain };
  if (first === 'desk') {
    const tab = alone ? 'inspections' : DESK_TABS.find((one) => one === rawId);
    return tab && child === undefined ? { kind: 'desk', tab } : unknown;
  }
  const id = v.safeParse(InspectionId, rawId);
  if (first !== 'inspections' || !id.success || rest.length > 0) return unknown;
  if (child === undefined) return { kind: 'inspection', id: id.output };
  if (child === 'add' && rawChildId === undefined) return { kind: 'add', id: id.output };
  if (child === 'hand-over' && rawChildId === undefined) return { kind: 'hand-over', id: id.output };
  if (child === 'findings' && rawChildId === undefined) return { kind: 'findings', id: id.output };
  if (child === 'photos' || child === 'mark') {
    const captureId = v.safeParse(CaptureId, rawChildId);
    const kind = child === 'photos' ? 'photo' : 'mark';
    return captureId.success ? { kind, id: id.output, captureId: captureId.output } : unknown;
  }
  if (child === 'compare') {
    const findingId = v.safeParse(FindingId, rawChildId);
    return findingId.success ? { kind: 'compare', id: id.output, findingId: findingId.output } : unknown;
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
    case 'mark':
      return `#/inspections/${route.id}/mark/${route.captureId}`;
    case 'findings':
      return `#/inspections/${route.id}/findings`;
    case 'compare':
      return `#/inspections/${route.id}/compare/${route.findingId}`;
    case 'judge':
      return `#/inspections/${route.id}/judge${route.findingId === undefined ? '' : `/${route.findingId}`}`;
    case 'demo': {
      const query = new URLSearchParams();
      if (route.model !== undefined) query.set('model', route.model);
      if (route.sample !== undefined) query.set('sample', route.sample);
      return query.size === 0 ? '#/demo' : `#/demo?${query}`;
    }
    case 'sync':
      return route.code === undefined ? '#/sync' : `#/sync?${new URLSearchParams({ code: route.code })}`;
    case 'desk':
      return `#/desk/${route.tab}`;
    case 'unknown':
      return `#${route.path}`;
    default:
      return `#/${route.kind}`;
  }
}
