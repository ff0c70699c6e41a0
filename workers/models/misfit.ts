import type { ModelManifest } from '../../core/contract/model-manifest.ts';
import { tensorShape } from '../../core/vision/pack-tile.ts';
import type { Session } from '../runtimes/runtime.ts';

/** Why the model is not the one that its manifest describes; undefined where it is. */
export function misfitOf(session: Session, { input, output }: ModelManifest): string | undefined {
  const model = session.inputs.find(({ name }) => name === input.name);
  const wanted = tensorShape(input);
  if (!model) return `the model has no input ${input.name}`;
  if (model.type !== input.dtype) return `input ${input.name} is ${model.type}, not ${input.dtype}`;
  const fits =
    model.shape.length === wanted.length &&
    model.shape.every((side, axis) => typeof side === 'string' || side === wanted[axis]);
  if (!fits) return `input ${input.name} is ${model.shape.join('x')}, not ${wanted.join('x')}`;
  if (session.inputs.length > 1) return `the model wants ${session.inputs.length} inputs`;
  if (session.outputs.every(({ name }) => name !== output.name))
    return `the model has no output ${output.name}`;
  return undefined;
}
