/** A4 in points, 72 to the inch. */
export const PAGE = { width: 595.28, height: 841.89, margin: 50, top: 66, bottom: 776 } as const;
export const CONTENT = PAGE.width - 2 * PAGE.margin;

/** The app's light theme (src/ui/tokens.css), on white paper. */
export const COLOUR = {
  ink: '#10150f',
  soft: '#3a423b',
  line: '#c3c9c2',
  strong: '#5b645d',
  sunken: '#f0f2ef',
  blade: '#e7eae6',
  accent: '#005a4e',
  wash: '#d9ebe6',
  warnWash: '#fff0c2',
  warnInk: '#4a3500',
  finding: '#ffd400',
  white: '#ffffff',
  severity: ['#ffffff', '#cfe3d4', '#e9e29a', '#ffc857', '#ff9548', '#ff6f61'],
} as const;

export const SIZE = { tiny: 7.5, small: 8.5, body: 10, lead: 12, title: 17, cover: 34 } as const;
