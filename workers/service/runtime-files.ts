/** Library, glue and binary of each runtime, under the names that the build gives them. */
export const isRuntimeUrl = ({ pathname }: URL): boolean =>
  /\/(ort[.-]|tfjs-|litert)[^/]+\.(m?js|wasm)$/.test(pathname);

/** A captive portal answers 200 with a page: that must not be kept in a runtime's place. */
export const isRuntimeBinary = (response: Response): boolean =>
  response.status === 200 &&
  /^(application\/wasm|(text|application)\/javascript)\b/.test(response.headers.get('Content-Type') ?? '');
