import type { OpenStore } from '../storage/open-store.ts';

type Kept = Awaited<ReturnType<OpenStore['keptInspections']>>[number];

/** Photos of an inspection that no server has given a receipt for; a demo's are not to be sent. */
export const onlyHere = ({ photos, confirmed, isDemo }: Kept): number => (isDemo ? 0 : photos - confirmed);
