import type { Theme } from './preferences.svelte.ts';

const BAR: Readonly<Record<string, string>> = { light: '#ffffff', dark: '#191f19', contrast: '#ffffff' };

/** The theme that is shown for the one chosen: `system` asks the device for contrast first, then for dark. */
export function shownTheme(theme: Theme, matches: (query: string) => boolean): 'light' | 'dark' | 'contrast' {
  if (theme !== 'system') return theme;
  if (matches('(prefers-contrast: more)')) return 'contrast';
  return matches('(prefers-color-scheme: dark)') ? 'dark' : 'light';
}

export function applyTheme(theme: Theme, page: Document): void {
  const shown = shownTheme(theme, (query) => matchMedia(query).matches);
  page.documentElement.dataset['theme'] = shown;
  page.querySelector('meta[name="theme-color"]')?.setAttribute('content', BAR[shown] ?? '#ffffff');
}
