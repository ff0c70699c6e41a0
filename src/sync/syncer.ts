import { LONGEST_PAUSE_MS } from '../../core/sync-rules/outbox-state.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import type { Sha256 } from '../../core/contract/ids.ts';
import type { AppReport } from '../../core/contract/sync.ts';
import type { Account, SyncStore } from '../storage/sync-store.ts';
import { ApiClient, type ApiFailure, type Fetch, type Unreached } from './api-client.ts';
import { DeviceSession } from './device-session.ts';
import { newDeviceKey, thumbprint } from './dpop-proof.ts';
import { pullChanges } from './pull-changes.ts';
import { pushOutbox } from './push-outbox.ts';
import { sendPhotos, type PhotoDeps } from './send-photos.ts';

export type SyncState =
  /** Enrolled with no server: everything waits here. */
  | 'not-enrolled'
  | 'idle'
  | 'sending'
  /** No network, or no server behind it. */
  | 'unreached'
  /** The device has to be enrolled again. */
  | 'signed-out'
  /** The app has to be updated first. */
  | 'too-old';

export interface SyncerDeps {
  readonly store: SyncStore;
  readonly now: () => number;
  readonly chance: () => number;
  readonly hash: (photo: Blob) => Promise<string>;
  readonly fetch?: Fetch;
  /** What the office is told of this app, each time a token is renewed. */
  readonly app?: () => Promise<AppReport>;
  readonly onProgress?: PhotoDeps['onProgress'];
}

export type EnrolFailure =
  | ApiFailure
  /** The code is another company's than that whose records are kept here. Nothing of them was sent. */
  | { readonly kind: 'other-company' };

export type PhotoFailure = ApiFailure | { readonly kind: 'not-enrolled' | 'spoiled' };

const FIRST_PAUSE_MS = 1000;
/** A server that answers is not gone: a photo that does not get through is tried again sooner. */
const MOST_FAILURES_WHERE_ANSWERED = 5;
const LEAST_ROWS = 10;

/** Brings this device and its server together, round by round. Two at once are harmless. */
export class Syncer {
  state: SyncState = 'idle';
  readonly #deps: SyncerDeps;
  readonly #listeners = new Set<(state: SyncState) => void>();
  #running: Promise<SyncState> | undefined;
  #failures = 0;
  #trouble: Unreached | undefined;
  #session: { readonly device: string; readonly session: DeviceSession } | undefined;

  constructor(deps: SyncerDeps) {
    this.#deps = deps;
  }

  onChange(listener: (state: SyncState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What answered in the server's place in the last round, or that nothing did. */
  get trouble(): Unreached | undefined {
    return this.#trouble;
  }

  /** Makes this a device of a server, with a one-time code; what waits is sent from then on. */
  async enrol(url: string, code: string, name: string): Promise<Outcome<Account, EnrolFailure>> {
    const { store, app } = this.#deps;
    const key = await this.#pendingKey();
    const session = this.#newSession({ key: () => Promise.resolve(key) });
    const report = await app?.();
    const answer = await this.#api(url, session).enrol({ code, name, ...(report && { app: report }) });
    if (!answer.ok) return fail(answer);
    const { tenant, company, device, roles, person, refresh, publisherKeys = [] } = answer.value;
    const former = await store.tenant();
    if (former !== undefined && former !== tenant) return fail({ kind: 'other-company' });
    const account = { url, tenant, device, name, roles, person, refresh, ...(company && { company }) };
    await store.keys.keep(key);
    await store.keepPublishers(
      device,
      publisherKeys.map(({ key }) => key),
    );
    await store.keepAccount(account);
    await store.keys.keep(undefined, 'pending');
    this.#session = { device, session: this.#newSession({ device }) };
    this.#session.session.begin(answer.value);
    await store.setObstacle('blocked-auth', false);
    return succeed(account);
  }

  /**
   * Where a browser is sent to sign in with the company's own accounts. It comes back to /desk#code=..., with a code
   * that only the key which is made here can spend.
   */
  async signInUrl(url: string): Promise<string> {
    return `${url}v1/oidc/start?jkt=${await thumbprint(await this.#pendingKey())}`;
  }

  /** A photo that another device took, checked against its hash. */
  async photo(sha256: Sha256): Promise<Outcome<Blob, PhotoFailure>> {
    const account = await this.#deps.store.account();
    if (!account) return fail({ kind: 'not-enrolled' });
    const answer = await this.#apiOf(account).photo(sha256);
    if (!answer.ok) return answer;
    const photo = new Blob([answer.value]);
    return (await this.#deps.hash(photo)) === sha256 ? succeed(photo) : fail({ kind: 'spoiled' });
  }

  /** For what the office asks beside a round; undefined where this device is enrolled nowhere. */
  async client(): Promise<ApiClient | undefined> {
    const account = await this.#deps.store.account();
    return account && this.#apiOf(account);
  }

  /** An app that was updated may be new enough now; the server says so again where it is not. */
  async afterStart(): Promise<void> {
    await this.#deps.store.setObstacle('blocked-upgrade', false);
  }

  /** One round: records first, then what others did, then photos. Whoever asks meanwhile gets the same round. */
  sync(signal?: AbortSignal): Promise<SyncState> {
    this.#running ??= this.#round(signal).finally(() => (this.#running = undefined));
    return this.#running;
  }

  /** Ms until the next round is worth trying; grows with every round that reached nobody. */
  pauseMs(): number {
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.#failures, 20));
    if (this.#failures === 0) return LONGEST_PAUSE_MS;
    const asked = Math.min(LONGEST_PAUSE_MS, this.#trouble?.retryAfterMs ?? 0);
    return Math.max(asked, this.#deps.chance() * longest);
  }

  async #round(signal?: AbortSignal): Promise<SyncState> {
    const account = await this.#deps.store.account();
    if (!account) return this.#become('not-enrolled');
    this.#trouble = undefined;
    this.#become('sending');
    const reached = await this.#exchange(account, signal).catch((error: unknown) => {
      this.#become('unreached');
      this.#failed(false);
      throw error;
    });
    if (reached !== 'unreached') this.#failures = 0;
    return this.#become(reached === 'done' ? 'idle' : reached);
  }

  #failed(hasAnswered: boolean): 'unreached' {
    const most = hasAnswered ? MOST_FAILURES_WHERE_ANSWERED : Infinity;
    this.#failures = Math.min(most, this.#failures + 1);
    return 'unreached';
  }

  async #exchange(
    account: Account,
    signal?: AbortSignal,
  ): Promise<'done' | 'unreached' | 'signed-out' | 'too-old'> {
    const { store, now, chance, hash, onProgress } = this.#deps;
    const api = this.#apiOf(account);
    const pushed = await pushOutbox({ store, api, device: account.device, now, chance });
    if (pushed !== 'done') return pushed === 'unreached' ? this.#failed(false) : pushed;
    const rows =
      this.#failures === 0 ? undefined : Math.max(LEAST_ROWS, Math.round(500 / 2 ** this.#failures));
    const pulled = await pullChanges({ store, api, rows }, signal);
    if (pulled !== 'done') return pulled === 'unreached' ? this.#failed(false) : pulled;
    const target = { url: account.url, api };
    const sent = await sendPhotos({ store, api, target, hash, ...(onProgress && { onProgress }) }, signal);
    await store.takeAwayLeft();
    return sent === 'unreached' ? this.#failed(true) : sent;
  }

  /** The same until it is a device's: a code whose answer was lost is good for the same key again. */
  async #pendingKey(): Promise<CryptoKeyPair> {
    const { keys } = this.#deps.store;
    const pending = await keys.key('pending');
    if (pending) return pending;
    const key = await newDeviceKey();
    await keys.keep(key, 'pending');
    return key;
  }

  #apiOf({ url, device }: Account): ApiClient {
    if (this.#session?.device !== device) {
      this.#session = { device, session: this.#newSession({ device }) };
    }
    return this.#api(url, this.#session.session);
  }

  #newSession({ key, device }: { readonly key?: () => Promise<CryptoKeyPair>; readonly device?: string }) {
    const { store, now, app } = this.#deps;
    return new DeviceSession({
      ...{ now, app },
      credentials: {
        key: key ?? (() => store.keys.key()),
        refresh: async () => (await store.account())?.refresh,
        keepRefresh: (refresh) => store.keepRefresh(device ?? '', refresh),
      },
    });
  }

  #api(url: string, session: DeviceSession): ApiClient {
    const { fetch } = this.#deps;
    return new ApiClient({
      ...{ url, session },
      ...(fetch && { fetch }),
      onUnreached: (trouble) => (this.#trouble = trouble),
    });
  }

  #become(state: SyncState): SyncState {
    this.state = state;
    for (const listener of this.#listeners) listener(state);
    return state;
  }
}
