// lib.dom no longer knows the Battery Status API; Chromium still has it.
interface BatteryManager extends EventTarget {
  readonly level: number;
  readonly charging: boolean;
}
type WithBattery = Navigator & { readonly getBattery?: () => Promise<BatteryManager> };

/** The device's battery, where the browser tells. */
export class Battery {
  #level = $state<number>();
  #charging = $state(false);

  constructor() {
    void (navigator as WithBattery).getBattery?.().then(
      (battery) => {
        const read = () => {
          this.#level = battery.level;
          this.#charging = battery.charging;
        };
        read();
        battery.addEventListener('levelchange', read);
        battery.addEventListener('chargingchange', read);
      },
      () => undefined,
    );
  }

  /** From 0 to 1; undefined where it is not known. */
  get level(): number | undefined {
    return this.#level;
  }
  get charging(): boolean {
    return this.#charging;
  }
}
