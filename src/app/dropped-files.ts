/** Files of a drop or paste, folders walked through; hidden files are left out. */
export async function droppedFiles(transfer: DataTransfer): Promise<readonly File[]> {
  const items = [...transfer.items].filter(({ kind }) => kind === 'file');
  // Entries must be taken before the first await: the list is emptied after the event.
  const entries = items.map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  const found = await Promise.all(
    entries.map(async (entry) => (entry === null || entry instanceof File ? entry : walk(entry))),
  );
  return found.flat().filter((file): file is File => file !== null && !file.name.startsWith('.'));
}

async function walk(entry: FileSystemEntry): Promise<readonly File[]> {
  if (entry.isFile) {
    return new Promise((resolve) =>
      // A file that vanished meanwhile is no file to report.
      (entry as FileSystemFileEntry).file(
        (file) => resolve([file]),
        () => resolve([]),
      ),
    );
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    // Chromium hands out at most 100 entries a call.
    const batch = await new Promise<readonly FileSystemEntry[]>((resolve) =>
      reader.readEntries(resolve, () => resolve([])),
    );
    if (batch.length === 0) break;
    children.push(...batch);
  }
  children.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  return (await Promise.all(children.map(walk))).flat();
}

/** A folder picker hands out every file of the folder; the hidden ones are nobody's photos. */
export const pickedFiles = (list: FileList | null): readonly File[] =>
  [...(list ?? [])].filter(({ name }) => !name.startsWith('.'));
