import { writeFile } from 'node:fs/promises';
import sharp from 'sharp';

/**
 * Renders the app's icons into public/icons: `npx tsx config/render-icons.ts`.
 * A loupe over a wind-turbine blade that runs from below to the upper right; in the glass its leading edge is eroded.
 */
const GREEN = '#005a4e';
const PAPER = '#ffffff';
const AMBER = '#f5a524';

const drawing = `
  <path d="M64 470 C150 372 292 204 404 60 C424 42 446 52 438 82 C372 232 236 392 104 490 Z" fill="${PAPER}" opacity="0.34"/>
  <circle cx="232" cy="232" r="128" fill="${GREEN}"/>
  <clipPath id="glass"><circle cx="232" cy="232" r="128"/></clipPath>
  <g clip-path="url(#glass)">
    <path d="M-20 452 C120 320 262 132 372 -40 L470 0 C380 190 240 400 60 560 Z" fill="${PAPER}"/>
    <path d="M158 262 l26 6 l8 -24 l26 4 l6 -26 l28 4 l-2 -26 l26 -2" fill="none" stroke="${AMBER}" stroke-width="20" stroke-linejoin="round" stroke-linecap="round"/>
  </g>
  <circle cx="232" cy="232" r="128" fill="none" stroke="${PAPER}" stroke-width="30"/>
  <path d="M330 330 L428 428" stroke="${PAPER}" stroke-width="52" stroke-linecap="round"/>`;

function icon(shape: 'rounded' | 'full', scale: number): string {
  const offset = (512 * (1 - scale)) / 2;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512">
  <rect width="512" height="512" rx="${shape === 'rounded' ? 112 : 0}" fill="${GREEN}"/>
  <g transform="translate(${offset} ${offset}) scale(${scale})">${drawing}
  </g>
</svg>
`;
}

const rounded = icon('rounded', 0.9);
// iOS rounds the corners itself; a mask may cut all but the middle 80 %.
const full = icon('full', 0.9);
const maskable = icon('full', 0.72);

await writeFile('public/icons/icon.svg', rounded);
const render = (svg: string, side: number, name: string) =>
  sharp(Buffer.from(svg), { density: 192 })
    .resize(side, side)
    .png({ palette: true })
    .toFile(`public/icons/${name}`);
await render(full, 180, 'icon-180.png');
for (const side of [192, 512]) {
  await render(rounded, side, `icon-${side}.png`);
  await render(maskable, side, `icon-maskable-${side}.png`);
}
