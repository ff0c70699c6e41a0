import { describe, expect, it } from 'vitest';
import { parseDetectOptions, parseEvaluateOptions, UsageError } from '../../../cli/options.ts';

describe('npm run detect', () => {
  it('reads photos and flags in any order', () => {
    const options = parseDetectOptions(['a.jpg', '--model', 'm', '--json', 'b.jpg', '--threshold', '0.25']);
    expect(options).toEqual({
      model: 'm',
      photos: ['a.jpg', 'b.jpg'],
      json: true,
      thorough: false,
      threshold: 0.25,
    });
  });

  it.each([
    [['a.jpg'], 'name the model'],
    [['--model', 'm'], 'name at least one photo'],
    [['a.jpg', '--model', 'm', '--runtime', 'cuda'], '--runtime'],
    [['a.jpg', '--model', 'm', '--precision', 'int4'], '--precision'],
    [['a.jpg', '--model', 'm', '--threshold', '1.5'], '--threshold'],
    [['a.jpg', '--model', 'm', '--threshold', 'high'], '--threshold'],
    [['a.jpg', '--model', 'm', '--no-such-flag'], '--no-such-flag'],
  ])('%j says what is wrong', (args, message) => {
    expect(() => parseDetectOptions(args)).toThrow(UsageError);
    expect(() => parseDetectOptions(args)).toThrow(message);
  });
});

describe('npm run evaluate', () => {
  it('takes --data, or --images with --labels', () => {
    const base = ['--model', 'm', '--format', 'mask'];
    expect(parseEvaluateOptions([...base, '--data', 'd'])).toMatchObject({ data: 'd', tolerance: 0 });
    expect(
      parseEvaluateOptions([...base, '--images', 'i', '--labels', 'l', '--tolerance', '5']),
    ).toMatchObject({ images: 'i', labels: 'l', tolerance: 5 });
  });

  it.each([
    [['--model', 'm', '--format', 'yolo'], 'name the data'],
    [['--model', 'm', '--format', 'yolo', '--images', 'i'], 'name the data'],
    [['--model', 'm', '--data', 'd'], 'name the format'],
    [['--model', 'm', '--data', 'd', '--format', 'kitti'], 'name the format'],
    [['--model', 'm', '--data', 'd', '--format', 'yolo', '--limit', '0'], '--limit'],
    [['--model', 'm', '--data', 'd', '--format', 'mask', '--tolerance', '-1'], '--tolerance'],
    [['stray', '--model', 'm', '--data', 'd', '--format', 'yolo'], 'stray'],
  ])('%j says what is wrong', (args, message) => {
    expect(() => parseEvaluateOptions(args)).toThrow(message);
  });
});
