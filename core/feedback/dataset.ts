import type { Analysis, Capture, Finding, Inspection, Review } from '../contract/records.ts';
import type { Sha256 } from '../contract/ids.ts';
import type { Size } from '../contract/geometry.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import { categories, categoryId, cocoShape } from '../export/coco.ts';
import { boundingBox, cutToPhoto, photoFileName } from '../export/export-set.ts';

/** Everything that people and models said, of every inspection. */
export interface Feedback {
  readonly inspections: readonly Pick<Inspection, 'id' | 'asset' | 'method'>[];
  readonly captures: readonly Capture[];
  readonly analyses: readonly Analysis[];
  readonly findings: readonly Finding[];
  readonly reviews: readonly Review[];
}

export interface Dataset {
  /** COCO as canonical JSON: the same judgements give the same bytes, whoever asks and when. */
  readonly text: string;
  readonly images: number;
  readonly annotations: number;
  readonly rejected: number;
  /** Of the photos, each once. */
  readonly photos: readonly Sha256[];
}

type Example = { readonly finding: Finding; readonly capture: Capture; readonly size: Size };

/**
 * Every judgement as a labelled example. Confirmed damage (accepted, fixed, or drawn by a person) is an annotation,
 * as any reader of COCO takes it; what people rejected or could not tell stands apart under `loupe`, so that nobody
 * learns it as damage by mistake. Photos on which something is not judged yet are marked, since what is not
 * annotated there says nothing. No names, places or times of people go along.
 */
export function feedbackDataset(feedback: Feedback): Dataset {
  const sizes = new Map<string, Size>(feedback.analyses.map(({ captureId, photo }) => [captureId, photo]));
  const captures = new Map<string, Capture>(feedback.captures.map((capture) => [capture.id, capture]));
  const examples = feedback.findings.flatMap((finding): Example[] => {
    const capture = captures.get(finding.captureId);
    const size = capture?.size ?? sizes.get(finding.captureId);
    return capture && size ? [{ finding, capture, size }] : [];
  });
  const open = new Set(examples.filter(isOpen).map(({ capture }) => capture.id));
  const judged = examples.filter((example) => !isOpen(example)).toSorted(inOrder);
  const shown = [...new Map(judged.map((example) => [example.capture.id, example])).values()];
  const ids = new Map<string, number>(shown.map(({ capture }, place) => [capture.id, place + 1]));
  const describe = describer(feedback);
  const entry = (example: Example) => describe(example, ids.get(example.capture.id) ?? 0);
  const of = (...states: readonly Finding['state'][]) =>
    judged.filter(({ finding }) => states.includes(finding.state)).flatMap(entry);
  const annotations = of('accepted', 'edited').map((one, place) => ({ ...one, id: place + 1, iscrowd: 0 }));
  const rejected = of('rejected');
  const body = {
    info: { description: 'What people said of findings', version: '1' },
    licenses: [],
    categories,
    images: shown.map((example) => imageEntry(example, ids, !open.has(example.capture.id), feedback)),
    annotations,
    loupe: { schema: 1, rejected, notAssessable: of('not-assessable') },
  };
  return {
    text: canonicalJson(body),
    images: shown.length,
    annotations: annotations.length,
    rejected: rejected.length,
    photos: [...new Set(shown.map(({ capture }) => capture.sha256))],
  };
}

const isOpen = ({ finding }: Example): boolean => finding.state === 'proposed';
/** By content, never by time: a restored server tells them in another order. */
const inOrder = (a: Example, b: Example): number =>
  compare(a.capture.sha256, b.capture.sha256) ||
  compare(a.capture.id, b.capture.id) ||
  compare(a.finding.id, b.finding.id);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function imageEntry(
  { capture, size }: Example,
  ids: ReadonlyMap<string, number>,
  isComplete: boolean,
  { inspections }: Feedback,
) {
  const inspection = inspections.find(({ id }) => id === capture.inspectionId);
  const { sha256, bytes, mediaType } = capture;
  return {
    id: ids.get(capture.id) ?? 0,
    file_name: photoFileName({ ...capture, id: sha256 as string as Capture['id'] }),
    width: size.width,
    height: size.height,
    loupe: {
      ...{ sha256, bytes, mediaType, isComplete },
      captureId: capture.id,
      ...(capture.place.side !== undefined && { side: capture.place.side }),
      ...(capture.scale !== undefined && { mmPerPixel: capture.scale.mmPerPixel }),
      ...(inspection && { asset: inspection.asset.type, method: inspection.method }),
    },
  };
}

function describer({ analyses, reviews }: Feedback) {
  const models = new Map<string, Analysis['model']>(analyses.map(({ id, model }) => [id, model]));
  const proposals = firstProposals(reviews);
  return ({ finding, size }: Example, imageId: number) => {
    const box = cutToPhoto(boundingBox(finding.geometry), size);
    if (!box || imageId === 0) return [];
    const model = finding.analysisId === undefined ? undefined : models.get(finding.analysisId);
    const proposed = proposals.get(finding.id);
    const proposedBox = proposed && cutToPhoto(boundingBox(proposed.geometry), size);
    const { id: findingId, state, origin, label, score, severity, size: measured } = finding;
    return [
      {
        image_id: imageId,
        category_id: categoryId(finding),
        ...cocoShape(finding.geometry, box, size),
        loupe: {
          ...{ findingId, state, origin, label, score, severity, size: measured },
          model: model && { id: model.id, version: model.version, sha256: model.sha256 },
          // What the model had said, where a person said otherwise.
          proposed:
            state === 'edited' && proposed && proposedBox
              ? { category_id: categoryId(proposed), ...cocoShape(proposed.geometry, proposedBox, size) }
              : undefined,
        },
      },
    ];
  };
}

/** What each finding was before anybody judged it. */
function firstProposals(reviews: readonly Review[]): ReadonlyMap<string, Finding> {
  const proposals = new Map<string, Finding>();
  for (const { findingId, before } of reviews) {
    if (before.state === 'proposed' && before.origin !== 'human') proposals.set(findingId, before);
  }
  return proposals;
}
