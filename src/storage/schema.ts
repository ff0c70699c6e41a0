import * as v from 'valibot';
import { CaptureId, InspectionId, Sha256 } from '../../core/contract/ids.ts';
import { Operation } from '../../core/contract/operation.ts';
import { Conflict, ServerRow } from '../../core/contract/sync.ts';
import { Analysis, Capture, Finding, Inspection, Review } from '../../core/contract/records.ts';

/** What lies beside each photo file, enough to bring its record back when the database is lost. */
export const Sidecar = v.object({
  schemaV: v.literal(1),
  capture: Capture,
  inspection: Inspection,
  /** Came with a whole inspection, and alone is nothing. */
  isImport: v.optional(v.boolean()),
});
export type Sidecar = v.InferOutput<typeof Sidecar>;

const buffer = v.instance(ArrayBuffer);

/** ArrayBuffer and not Blob: WebKit lost Blobs kept in IndexedDB (bugs.webkit.org 197050). */
export const StoredThumbnail = v.object({
  id: CaptureId,
  inspectionId: InspectionId,
  bytes: buffer,
  mediaType: v.string(),
});

/**
 * A photo kept in the database where there is no private file system. `state` mirrors a file's name; the
 * bytes lie in a store of their own, so that listing photos does not load them.
 */
export const StoredBlob = v.object({
  id: CaptureId,
  size: v.number(),
  state: v.picklist(['staged', 'kept']),
  sidecar: v.optional(v.string()),
});
export type StoredBlob = v.InferOutput<typeof StoredBlob>;

export const StoredBytes = v.object({ id: CaptureId, bytes: buffer });

export const StoredSetting = v.object({ key: v.string(), value: v.unknown() });

/** The one row that orders this database's operations; see Operation for epoch, seq and hlc. */
export const OutboxHead = v.object({
  key: v.literal('outbox'),
  /** Names this device in clocks; unlike the epoch it outlives a loss. */
  device: v.string(),
  epoch: v.string(),
  /** Left behind after a rollback; a sentinel that still names it is no alarm. */
  formerEpoch: v.optional(v.string()),
  seq: v.pipe(v.number(), v.integer(), v.minValue(0)),
  hlc: v.optional(v.string()),
});
export type OutboxHead = v.InferOutput<typeof OutboxHead>;

/** Own count of what photos weigh: navigator.storage.estimate() is padded and late. */
export const ByteLedger = v.object({
  key: v.literal('bytes'),
  photos: v.number(),
  photoBytes: v.number(),
});
export type ByteLedger = v.InferOutput<typeof ByteLedger>;

/** The header of the lock, where there is no private file system for it; see vault-header.ts. */
export const LockRow = v.object({ key: v.literal('vault'), text: v.string() });

export const LedgerRow = v.variant('key', [OutboxHead, ByteLedger, LockRow]);

/**
 * A deleted inspection until undo is no longer offered. What belongs to it stays where it is, hidden by
 * this row, and goes with it.
 */
export const TrashedInspection = v.object({
  id: InspectionId,
  deletedAt: v.number(),
  inspection: Inspection,
});
/** A deleted photo takes its records along, so that no list has to leave them out. */
export const TrashedPhoto = v.object({
  id: CaptureId,
  deletedAt: v.number(),
  capture: Capture,
  analyses: v.array(Analysis),
  findings: v.array(Finding),
});
export type TrashedPhoto = v.InferOutput<typeof TrashedPhoto>;
export const Trashed = v.union([TrashedInspection, TrashedPhoto]);
export type Trashed = v.InferOutput<typeof Trashed>;
export const isTrashedPhoto = (row: Trashed): row is TrashedPhoto => 'capture' in row;

/** How far this device has been shown a record as a server has it. */
export const ServerState = v.object({
  /** Entity and id. */
  key: v.string(),
  entity: ServerRow.entries.entity,
  id: v.string(),
  /** `base` of the next operation on the record. */
  versions: ServerRow.entries.versions,
  /** Per field the operation by which it was written here last. */
  written: Operation.entries.over,
  conflict: v.optional(Conflict),
  /** Deleted elsewhere; it goes from here once its photos are safe on the server. */
  todo: v.optional(v.literal('remove')),
  /** As the server told it while changes of this device lay over it; to be shown once none does any more. */
  below: v.optional(ServerRow),
  /** Of a capture: its photo was taken on another device. What is here of it is a copy that may go. */
  isElsewhere: v.optional(v.literal(true)),
  /** Of a record that was deleted on one device and edited on another: as it would be if it were brought back. */
  record: v.optional(ServerRow.entries.fields),
});
export type ServerState = v.InferOutput<typeof ServerState>;
export const serverKey = (entity: string, id: string): string => `${entity} ${id}`;

/** The setting that says up to where a server has told its rows; absent: from the beginning. */
export const CURSOR = 'sync/cursor';

/** A photo on its way to a server. */
export const PhotoTransfer = v.object({
  sha256: Sha256,
  /** Of an upload under way. */
  uploadUrl: v.optional(v.string()),
  /** Ms since the epoch by the server's clock: it has these bytes. */
  receivedAt: v.optional(v.number()),
  /** Why the server did not take it. */
  trouble: v.optional(v.string()),
});
export type PhotoTransfer = v.InferOutput<typeof PhotoTransfer>;

/** A record that its schema refused, kept as it was found. */
export const Quarantined = v.object({
  key: v.string(),
  store: v.string(),
  row: v.unknown(),
  reason: v.string(),
  at: v.number(),
});
export type Quarantined = v.InferOutput<typeof Quarantined>;

export const storeSchemas = {
  inspections: Inspection,
  captures: Capture,
  analyses: Analysis,
  findings: Finding,
  reviews: Review,
  operations: Operation,
  thumbnails: StoredThumbnail,
  blobs: StoredBlob,
  blobBytes: StoredBytes,
  settings: StoredSetting,
  ledger: LedgerRow,
  trash: Trashed,
  quarantine: Quarantined,
  serverStates: ServerState,
  photoTransfers: PhotoTransfer,
} as const;
export type StoreName = keyof typeof storeSchemas;
export type Row<Store extends StoreName> = v.InferOutput<(typeof storeSchemas)[Store]>;
export const storeNames = Object.keys(storeSchemas) as readonly StoreName[];

type KeyPath = string | readonly string[];
interface StoreShape {
  readonly keyPath: string;
  readonly indexes: Readonly<Record<string, KeyPath>>;
}

/** Keys and indexes as the newest migration leaves them; a test holds the two together. */
export const storeShapes = {
  inspections: { keyPath: 'id', indexes: {} },
  captures: {
    keyPath: 'id',
    indexes: {
      inspection: 'inspectionId',
      photo: ['inspectionId', 'sha256'],
      time: ['inspectionId', 'createdAt'],
    },
  },
  analyses: { keyPath: 'id', indexes: { inspection: 'inspectionId', capture: 'captureId' } },
  findings: {
    keyPath: 'id',
    indexes: { inspection: 'inspectionId', capture: 'captureId', state: ['inspectionId', 'state'] },
  },
  reviews: { keyPath: 'id', indexes: { inspection: 'inspectionId', finding: 'findingId' } },
  operations: { keyPath: 'opId', indexes: { state: 'state', seq: 'seq' } },
  thumbnails: { keyPath: 'id', indexes: { inspection: 'inspectionId' } },
  blobs: { keyPath: 'id', indexes: {} },
  blobBytes: { keyPath: 'id', indexes: {} },
  settings: { keyPath: 'key', indexes: {} },
  ledger: { keyPath: 'key', indexes: {} },
  trash: { keyPath: 'id', indexes: {} },
  quarantine: { keyPath: 'key', indexes: {} },
  serverStates: { keyPath: 'key', indexes: { todo: 'todo' } },
  photoTransfers: { keyPath: 'sha256', indexes: {} },
} as const satisfies Record<StoreName, StoreShape>;

export type IndexName<Store extends StoreName> = keyof (typeof storeShapes)[Store]['indexes'] & string;

/** Stores whose rows belong to an inspection, found by their index `inspection`. */
export const ownedStores = ['captures', 'analyses', 'findings', 'reviews', 'thumbnails'] as const;
