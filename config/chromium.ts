import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

/** Quiet and offline: none of these weakens what the tests see of the page. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
] as const;

/** A right, slow WebGPU without a GPU: for parity and device loss, never for speed. */
export const softwareWebgpuFlags = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'] as const;

export interface FoundChromium {
  readonly path: string;
  readonly from: 'LOUPE_CHROMIUM' | 'system package' | 'playwright';
}

/** The first Chromium that is there: named by LOUPE_CHROMIUM, a system package, or Playwright's own. */
export function findChromium(): FoundChromium {
  const named = process.env['LOUPE_CHROMIUM'];
  if (named) return { path: named, from: 'LOUPE_CHROMIUM' };
  const system = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
    existsSync,
  );
  if (system) return { path: system, from: 'system package' };
  return { path: chromium.executablePath(), from: 'playwright' };
}
