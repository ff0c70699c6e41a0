import { expose } from 'comlink';
import { fromWorkerName } from '../../core/contract/worker-options.ts';
import { createVisionApi } from './vision-api.ts';

expose(createVisionApi(fromWorkerName(self.name)));
