import type { Component } from 'svelte';
import type { Route } from '../app/route.ts';
import InspectionsScreen from './inspections/InspectionsScreen.svelte';

/** Loads a screen when it is first shown; the first one comes with the app. */
const loaders: Readonly<Record<Route['kind'], () => Promise<{ readonly default: unknown }>>> = {
  inspections: () => Promise.resolve({ default: InspectionsScreen }),
  new: () => import('./inspections/NewInspectionScreen.svelte'),
  inspection: () => import('./overview/OverviewScreen.svelte'),
  add: () => import('./capture/AddPhotosScreen.svelte'),
  photo: () => import('./photo/PhotoScreen.svelte'),
  judge: () => import('./judge/JudgeScreen.svelte'),
  'hand-over': () => import('./hand-over/HandOverScreen.svelte'),
  models: () => import('./models/ModelsScreen.svelte'),
  storage: () => import('./storage/StorageScreen.svelte'),
  settings: () => import('./settings/SettingsScreen.svelte'),
  demo: () => import('./demo/DemoScreen.svelte'),
  unknown: () => import('./common/UnknownScreen.svelte'),
};

export type AnyScreen = Component<{ route: Route }>;

// The loader of a kind gives the screen for that kind's route, which an index cannot express.
export const loadScreen = async (kind: Route['kind']): Promise<AnyScreen> =>
  (await loaders[kind]()).default as AnyScreen;

/** Screens of one inspection differ by inspection; only then is a screen built anew. */
export function screenKey(route: Route): string {
  return 'id' in route ? `${route.kind} ${route.id}` : route.kind;
}
