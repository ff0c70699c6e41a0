import { version } from '../../package.json';

export const VERSION: string = version;

/** Every library that is shipped, with its licence; loaded only by who asks. */
export const loadLibraries = async () => (await import('virtual:licences')).default;
