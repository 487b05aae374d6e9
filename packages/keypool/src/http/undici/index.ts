/**
 * The pool under undici itself: `new Agent().compose(createPooledInterceptor(pool))` is a dispatcher whose calls
 * go out with the pool's keys.
 *
 * @module
 */
export { createPooledInterceptor, type PooledInterceptorOptions } from './pooled-interceptor.js';
