declare module 'virtual:licences' {
  /** Made at build time by config/vite-licences.ts. */
  const libraries: readonly {
    readonly name: string;
    readonly version: string;
    readonly licence: string;
    readonly text: string;
  }[];
  export default libraries;
}
