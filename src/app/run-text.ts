import type { Analysis } from '../../core/contract/records.ts';
import { t } from './text/text.ts';

/** "blade-damage 1.2.0 on WebGPU fp16, self-test passed" */
export const runText = ({ model, runtime, precision, selfTest }: Analysis): string =>
  t('run.text', {
    model: `${model.id} ${model.version}`,
    runtime: t(`runtime.${runtime}`),
    precision,
    selfTest: t(`selfTest.${selfTest}`),
  });
