import type { Box, Point } from '../contract/geometry.ts';

/** One labelled damage, in photo pixels. */
export interface Truth {
  readonly classIndex: number;
  readonly box: Box;
  /** Outlines, where the labels have them; a damage may be in several parts. */
  readonly polygons?: readonly (readonly Point[])[];
  /** COCO's iscrowd: a region that may hold any number of damages; it neither counts nor is missed. */
  readonly crowd?: boolean;
}

export type LabelFailure = { readonly kind: 'bad-labels'; readonly file: string; readonly detail: string };
