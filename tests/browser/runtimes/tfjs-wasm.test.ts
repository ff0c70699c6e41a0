import { openTfjsWasm } from '../../../workers/runtimes/tfjs-wasm.ts';
import { describeRuntime } from './runtime-suite.ts';

describeRuntime('tfjs-wasm', 'one thread', openTfjsWasm);
