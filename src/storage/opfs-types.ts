/** Parts of the file system standard that TypeScript's DOM library leaves out of pages. */
export interface SyncAccessHandle {
  write(bytes: ArrayBuffer, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

declare global {
  interface FileSystemFileHandle {
    /** Atomic rename within a folder. Chromium, WebKit and Firefox have it in the private file system. */
    move?(name: string): Promise<void>;
    /** In dedicated workers only. */
    createSyncAccessHandle?(): Promise<SyncAccessHandle>;
  }
}
