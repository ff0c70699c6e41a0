import { createContext } from 'svelte';
import type { Loupe } from './loupe.svelte.ts';

/** The app's state, given once by App.svelte and taken by any component. */
export const [useLoupe, provideLoupe] = createContext<Loupe>();
