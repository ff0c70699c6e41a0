import { afterEach, beforeEach, expect, it } from 'vitest';
import { Router } from '../../../src/app/router.svelte.ts';

let router: Router;
beforeEach(() => (router = new Router(window)));
afterEach(() => void (location.hash = ''));

const moved = () => new Promise((resolve) => addEventListener('hashchange', resolve, { once: true }));

it('replaces the address of what is shown', async () => {
  const there = moved();
  router.go({ kind: 'about' });
  await there;
  router.replace('about', { kind: 'models' });
  expect(router.route).toEqual({ kind: 'models' });
  expect(location.hash).toBe('#/models');
});

it('a screen that moves on by itself does not fetch back who has just gone elsewhere', async () => {
  const there = moved();
  location.hash = '#/about';
  router.replace('inspections', { kind: 'models' });
  await there;
  expect(router.route).toEqual({ kind: 'about' });
  // It stays on screen until the next one has been loaded.
  router.replace('inspections', { kind: 'models' });
  expect(router.route).toEqual({ kind: 'about' });
});
