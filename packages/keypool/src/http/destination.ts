import { KeyPoolError } from '../errors.js';

/** Where a pooled call may go, and how its address is turned to the quota group that takes it. */
export class Destination {
  readonly #origins: Set<string>;
  readonly #baseUrls: readonly string[];

  /** Without origins the first call's is taken. */
  constructor(baseUrls: readonly string[], origins: readonly string[]) {
    this.#baseUrls = baseUrls.map(withoutTrailingSlash);
    this.#origins = new Set([...baseUrls, ...origins].map((url) => new URL(url).origin));
  }

  /** @throws KeyPoolError `invalid_options` when the keys must not go there. */
  check(url: URL): void {
    if (this.#origins.size === 0) this.#origins.add(url.origin);
    if (this.#origins.has(url.origin)) return;
    throw new KeyPoolError(
      'invalid_options',
      `The pool's keys go to ${[...this.#origins].join(', ')} only, and this call goes to ${url.origin}. ` +
        'If that is right, name it as the baseUrl of the pool or of a quota group, or in the origins of createPooledFetch.',
    );
  }

  /** The call's address at `baseUrl`: the same path behind another base. */
  at(url: URL, baseUrl: string | undefined): string {
    if (baseUrl === undefined) return url.href;
    const wanted = withoutTrailingSlash(baseUrl);
    if (url.href === wanted || isBelow(url.href, wanted)) return url.href;
    // The longest base that fits: one may lie below another.
    const from = this.#baseUrls
      .filter((base) => isBelow(url.href, base))
      .sort((a, b) => b.length - a.length)[0];
    if (from !== undefined) return wanted + url.href.slice(from.length);
    if (new URL(wanted).origin === url.origin) return url.href;
    throw new KeyPoolError(
      'invalid_options',
      `A call to ${url.origin}${url.pathname} cannot be turned to ${baseUrl}: it starts with none of the pool's base URLs.`,
    );
  }
}

/** Takes off the query parameters that could carry the caller's own credential. */
export function withoutCredential(url: URL, parameters: readonly string[] = []): URL {
  for (const name of parameters) if (url.searchParams.has(name)) url.searchParams.delete(name);
  return url;
}

/** The model, where an API names it in the path: `/models/NAME:action`, `/deployments/NAME/…`. */
export function modelIn({ pathname }: URL): string | undefined {
  const [, name] = /\/(?:models|deployments)\/([^/:]+)/.exec(pathname) ?? [];
  return name;
}

function isBelow(url: string, base: string): boolean {
  return url.startsWith(base) && ['/', '?', undefined].includes(url[base.length]);
}

function withoutTrailingSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
