import type { Component } from 'svelte';
import type { Route } from '../app/route.ts';
import { withTexts } from '../app/text/text.ts';
import InspectionsScreen from './inspections/InspectionsScreen.svelte';

/** Loads a screen when it is first shown; the first one comes with the app. */
const loaders: Readonly<Record<Route['kind'], () => Promise<{ readonly default: unknown }>>> = {
  inspections: () => Promise.resolve({ default: InspectionsScreen }),
  new: () => import('./inspections/NewInspectionScreen.svelte'),
  inspection: () => import('./overview/OverviewScreen.svelte'),
  add: () => import('./capture/AddPhotosScreen.svelte'),
  photo: () => import('./photo/PhotoScreen.svelte'),
  mark: () => import('./shape/MarkScreen.svelte'),
  findings: () => import('./findings/FindingsScreen.svelte'),
  compare: () => import('./compare/CompareScreen.svelte'),
  judge: () => import('./judge/JudgeScreen.svelte'),
  'hand-over': () => import('./hand-over/HandOverScreen.svelte'),
  models: () => import('./models/ModelsScreen.svelte'),
  diagnostics: () => import('./diagnostics/DiagnosticsScreen.svelte'),
  storage: () => import('./storage/StorageScreen.svelte'),
  settings: () => import('./settings/SettingsScreen.svelte'),
  sync: () => import('./sync/SyncScreen.svelte'),
  conflicts: () => import('./sync/ConflictsScreen.svelte'),
  about: () => import('./help/AboutScreen.svelte'),
  desk: () => import('./desk/DeskScreen.svelte'),
  demo: () => import('./demo/DemoScreen.svelte'),
  unknown: () => import('./common/UnknownScreen.svelte'),
};

export type AnyScreen = Component<{ route: Route }>;

// The loader of a kind gives the screen for that kind's route, which an index cannot express.
export async function loadScreen(kind: Route['kind']): Promise<AnyScreen> {
  const loading = loaders[kind]();
  const screen = await (kind === 'inspections' ? loading : withTexts(loading));
  return screen.default as AnyScreen;
}

/** Screens of one inspection differ by inspection; only then is a screen built anew. */
export function screenKey(route: Route): string {
  return 'id' in route ? `${route.kind} ${route.id}` : route.kind;
}
