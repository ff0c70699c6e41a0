import { openLiteRt } from '../../../workers/runtimes/litert.ts';
import { describeRuntime } from './runtime-suite.ts';

// With threads it waits as only a worker may: tests/contract/model-packs.test.ts runs it so.
describeRuntime('litert', 'one thread', () => openLiteRt(1));
