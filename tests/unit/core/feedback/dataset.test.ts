import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { CocoLabels } from '../../../../core/contract/coco-labels.ts';
import type { Capture, Finding } from '../../../../core/contract/records.ts';
import { feedbackDataset, type Feedback } from '../../../../core/feedback/dataset.ts';
import { analysisOf, findingOf, inspectionOf, reviewOf, someSha } from '../../storage/records-for-tests.ts';

const inspection = inspectionOf();
const captureOf = (sha256: string): Capture => ({
  ...{ schemaV: 1, id: crypto.randomUUID() as Capture['id'], inspectionId: inspection.id },
  ...{ sha256: sha256 as Capture['sha256'], bytes: 5, mediaType: 'image/jpeg', fileName: 'Ada at home.jpg' },
  ...{ source: 'file', place: { side: 'suction' }, createdAt: 1 },
});

describe('the dataset made of judgements', () => {
  const [one, two] = [captureOf(someSha), captureOf('cd'.repeat(32))];
  const [first, second] = [analysisOf(inspection.id, one.id), analysisOf(inspection.id, two.id)];
  const fixed = findingOf(first, { state: 'proposed' });
  const moved: Finding = {
    ...fixed,
    state: 'edited',
    type: 'corrosion',
    geometry: { kind: 'box', box: { x: 10, y: 10, width: 5, height: 5 } },
  };
  const feedback: Feedback = {
    inspections: [inspection],
    captures: [one, two],
    analyses: [first, second],
    findings: [
      moved,
      findingOf(first, { state: 'accepted' }),
      findingOf(first, { state: 'accepted', origin: 'human', analysisId: undefined, score: undefined }),
      findingOf(second, { state: 'rejected' }),
      findingOf(second, { state: 'not-assessable' }),
      findingOf(second, { state: 'proposed' }),
    ],
    reviews: [{ ...reviewOf(fixed), after: moved }],
  };
  const made = feedbackDataset(feedback);
  const body = JSON.parse(made.text) as {
    images: { loupe: object }[];
    annotations: { loupe: { findingId: string } }[];
    loupe: { rejected: unknown[]; notAssessable: unknown[] };
  };

  it('is COCO that any reader takes, with confirmed damage alone as annotations', () => {
    const parsed = v.parse(CocoLabels, body);
    expect(parsed.images.map(({ file_name: name }) => name)).toEqual([
      `${someSha}.jpg`,
      `${'cd'.repeat(32)}.jpg`,
    ]);
    expect(parsed.annotations).toHaveLength(3);
    expect(made).toMatchObject({ images: 2, annotations: 3, rejected: 1 });
    expect(body.loupe.rejected).toHaveLength(1);
    expect(body.loupe.notAssessable).toHaveLength(1);
  });

  it('keeps what the model had said beside what a person made of it', () => {
    const mended = body.annotations.find(({ loupe }) => loupe.findingId === moved.id);
    expect(mended).toMatchObject({
      bbox: [10, 10, 5, 5],
      loupe: { model: { id: 'blade-damage', version: '1.0.0' }, proposed: { bbox: [1, 2, 30, 40] } },
    });
  });

  it('tells photos that are judged through from those that are not', () => {
    expect(body.images.map(({ loupe }) => loupe)).toMatchObject([
      { sha256: someSha, isComplete: true },
      { isComplete: false },
    ]);
  });

  it('is the same bytes in whatever order the records come', () => {
    const turned = Object.fromEntries(
      Object.entries(feedback).map(([name, records]) => [name, (records as readonly unknown[]).toReversed()]),
    ) as unknown as Feedback;
    expect(feedbackDataset(turned).text).toBe(made.text);
  });

  it('says nothing of people', () => {
    expect(made.text).not.toMatch(/Ada/);
  });
});
