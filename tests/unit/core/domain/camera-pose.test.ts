import { describe, expect, test } from 'vitest';
import { cameraPose } from '../../../../core/domain/camera-pose.ts';

const held = { alpha: 0, beta: 90, gamma: 0, isAbsolute: true };

describe('where the camera looks', () => {
  test.each([
    ['upright, to the north', held, 0, { pitchDeg: 0, rollDeg: 0, headingDeg: 0 }],
    ['upright, to the west', { ...held, alpha: 90 }, 0, { pitchDeg: 0, rollDeg: 0, headingDeg: 270 }],
    ['up at a blade by 30 degrees', { ...held, beta: 120 }, 0, { pitchDeg: 30, rollDeg: 0, headingDeg: 0 }],
    ['down by 45 degrees', { ...held, beta: 45 }, 0, { pitchDeg: -45, rollDeg: 0, headingDeg: 0 }],
    // Upright on its left edge: the screen turns its content by 90 degrees, and the picture is level.
    ['landscape', { ...held, beta: 0, gamma: -90 }, 90, { pitchDeg: 0, rollDeg: 0, headingDeg: 90 }],
  ] as const)('%s', (_, orientation, screenAngle, expected) => {
    const pose = cameraPose(orientation, screenAngle);
    for (const [name, value] of Object.entries(expected)) {
      expect(pose[name as keyof typeof expected], name).toBeCloseTo(value, 6);
    }
  });

  test('tilted by ten degrees the level shows ten, to the side it was tilted', () => {
    // 10 degrees clockwise around the viewing axis, looking north.
    const tilted = cameraPose({ alpha: 90, beta: 80, gamma: 90, isAbsolute: true }, 0);
    expect(Math.abs(tilted.rollDeg ?? 0)).toBeCloseTo(10, 6);
    expect(tilted.pitchDeg).toBeCloseTo(0, 6);
  });

  test('lying on a table it looks straight down and has neither roll nor heading', () => {
    const pose = cameraPose({ alpha: 10, beta: 0, gamma: 0, isAbsolute: true }, 0);
    expect(pose.pitchDeg).toBeCloseTo(-90, 6);
    expect(pose).not.toHaveProperty('rollDeg');
    expect(pose).not.toHaveProperty('headingDeg');
  });

  test('without north there is no heading', () => {
    expect(cameraPose({ ...held, isAbsolute: false }, 0)).not.toHaveProperty('headingDeg');
  });
});
