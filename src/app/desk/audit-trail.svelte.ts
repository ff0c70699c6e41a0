import type { AuditLine, DeskDevice } from '../../../core/contract/desk.ts';
import { csv } from '../../../core/export/csv.ts';
import { saveFile } from '../save-file.ts';
import { auditAction, shortened } from './audit-text.ts';
import { Asked, type AskTrouble } from './asked.svelte.ts';
import type { DeskLink } from './desk-link.ts';

/** What was done and by whom, newest first, page by page. */
export class AuditTrail {
  #lines = $state.raw<readonly AuditLine[]>();
  #names = $state.raw<ReadonlyMap<string, string>>(new Map());
  #hasMore = $state(false);
  readonly #asked: Asked<{ readonly devices: readonly DeskDevice[] }>;

  constructor(link: Pick<DeskLink, 'client'>) {
    this.#asked = new Asked(link, (client) => client.devices());
  }

  get value(): readonly AuditLine[] | undefined {
    return this.#lines;
  }
  get trouble(): AskTrouble | undefined {
    return this.#asked.trouble;
  }
  get busy(): boolean {
    return this.#asked.busy;
  }
  get hasMore(): boolean {
    return this.#hasMore;
  }
  get actions(): readonly string[] {
    return [...new Set((this.#lines ?? []).map(({ action }) => action))].toSorted();
  }

  async load(): Promise<void> {
    await this.#asked.load();
    this.#names = new Map(this.#asked.value?.devices.map(({ id, name }) => [id, name]));
    this.#lines = undefined;
    await this.more();
  }

  async more(): Promise<void> {
    const before = this.#lines?.at(-1)?.number;
    const page = await this.#asked.do((client) => client.audit(before));
    if (!page) return;
    this.#lines = [...(this.#lines ?? []), ...page.lines];
    this.#hasMore = page.more;
  }

  /** A device's name, or the id as it is. */
  nameOf(id: string): string {
    return this.#names.get(id) ?? id;
  }

  detailOf({ detail }: AuditLine): string {
    return Object.entries(detail)
      .filter(([, value]) => value !== null && value !== '')
      .map(([name, value]) => `${name}: ${plain(value)}`)
      .join(' · ');
  }

  filtered(search: string, action: string): readonly AuditLine[] {
    const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    return (this.#lines ?? [])
      .filter((line) => action === '' || line.action === action)
      .filter((line) => words.every((word) => this.#textOf(line).includes(word)));
  }

  saveCsv(lines: readonly AuditLine[]): void {
    const rows = lines.map((line) => [
      ...[line.number, new Date(line.at).toISOString(), line.person ?? undefined, this.nameOf(line.device)],
      ...[line.action, line.subject, JSON.stringify(line.detail)],
    ]);
    const text = csv(['number', 'at', 'person', 'device', 'action', 'subject', 'detail'], rows);
    saveFile(new Blob([text], { type: 'text/csv' }), 'audit.csv');
  }

  #textOf(line: AuditLine): string {
    const parts = [
      line.person,
      this.nameOf(line.device),
      line.action,
      auditAction(line.action),
      line.subject,
      this.nameOf(line.subject),
    ];
    return [...parts, JSON.stringify(line.detail), this.detailOf(line)].join(' ').toLocaleLowerCase();
  }
}

function plain(value: unknown): string {
  if (typeof value === 'string') return shortened(value);
  return Array.isArray(value) ? value.map(plain).join(', ') : JSON.stringify(value);
}
