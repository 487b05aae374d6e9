/**
 * A pool's numbers for Prometheus. The client is yours and comes in as an argument:
 *
 * ```ts
 * import * as client from 'prom-client';
 * import { bindMetrics } from '@riskwatch/keypool/metrics';
 *
 * bindMetrics(pool, { client });
 * ```
 *
 * @module
 */
export { bindMetrics, type BindMetricsOptions, type PrometheusClient } from './bind-metrics.js';
export { metricCatalogue, type MetricSpec } from './catalogue.js';
