import type * as v from 'valibot';
import {
  AuditAnswer,
  CodeAnswer,
  DatasetAnswer,
  DatasetKeyAnswer,
  DatasetsAnswer,
  DevicesAnswer,
  DoneAnswer,
  SignOffAnswer,
  type CodeRequest,
  type FrozenDataset,
  type SignOffRequest,
} from '../../core/contract/desk.ts';
import {
  PacksAnswer,
  ReleaseAnswer,
  type PublishedRelease,
  type PublisherKeyRequest,
} from '../../core/contract/publishing.ts';
import type { InspectionId } from '../../core/contract/ids.ts';
import type { Outcome } from '../../core/domain/outcome.ts';
import type { ApiClient, ApiFailure } from './api-client.ts';

export type DeskAnswer<Value> = Promise<Outcome<Value, ApiFailure>>;

/** What the office asks of the server beside what every device does. */
export class DeskClient {
  readonly #api: Pick<ApiClient, 'ask'>;

  constructor(api: Pick<ApiClient, 'ask'>) {
    this.#api = api;
  }

  signOff(id: InspectionId, request: SignOffRequest): DeskAnswer<SignOffAnswer> {
    return this.#api.ask(`v1/desk/inspections/${id}/sign-off`, SignOffAnswer, request);
  }

  devices(): DeskAnswer<v.InferOutput<typeof DevicesAnswer>> {
    return this.#api.ask('v1/desk/devices', DevicesAnswer);
  }

  makeCode(request: CodeRequest): DeskAnswer<CodeAnswer> {
    return this.#api.ask('v1/desk/codes', CodeAnswer, request);
  }

  revoke(device: string): DeskAnswer<unknown> {
    return this.#api.ask(`v1/desk/devices/${encodeURIComponent(device)}/revoke`, DoneAnswer, {});
  }

  /** Newest first; `before` a line's number. */
  audit(before?: number): DeskAnswer<v.InferOutput<typeof AuditAnswer>> {
    const query = before === undefined ? '' : `?before=${before}`;
    return this.#api.ask(`v1/desk/audit${query}`, AuditAnswer);
  }

  datasets(): DeskAnswer<v.InferOutput<typeof DatasetsAnswer>> {
    return this.#api.ask('v1/datasets', DatasetsAnswer);
  }

  freeze(): DeskAnswer<v.InferOutput<typeof DatasetAnswer>> {
    return this.#api.ask('v1/datasets', DatasetAnswer, {});
  }

  datasetKey(id: FrozenDataset['id']): DeskAnswer<v.InferOutput<typeof DatasetKeyAnswer>> {
    return this.#api.ask(`v1/datasets/${id}/keys`, DatasetKeyAnswer, {});
  }

  packs(): DeskAnswer<PacksAnswer> {
    return this.#api.ask('v1/packs', PacksAnswer);
  }

  /** Percent of the devices, never fewer than before. */
  stage(place: Place, share: number): DeskAnswer<v.InferOutput<typeof ReleaseAnswer>> {
    return this.#api.ask(`${pathOf(place)}/stage`, ReleaseAnswer, { share });
  }

  rollBack(place: Place): DeskAnswer<v.InferOutput<typeof ReleaseAnswer>> {
    return this.#api.ask(`${pathOf(place)}/roll-back`, ReleaseAnswer, {});
  }

  addKey(request: PublisherKeyRequest): DeskAnswer<unknown> {
    return this.#api.ask('v1/packs/keys', DoneAnswer, request);
  }

  revokeKey(key: string): DeskAnswer<unknown> {
    return this.#api.ask(`v1/packs/keys/${encodeURIComponent(key)}/revoke`, DoneAnswer, {});
  }
}

type Place = Pick<PublishedRelease, 'id' | 'release'>;
const pathOf = ({ id, release }: Place): string => `v1/packs/${id}/releases/${release}`;
