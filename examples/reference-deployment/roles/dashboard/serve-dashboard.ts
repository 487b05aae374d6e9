import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { PeerClient } from './feeds/peer-client.js';
import { serveAcknowledgements } from './http/acknowledgements.js';
import { LiveStream } from './http/live-stream.js';
import { servePage } from './http/page-files.js';
import type { PictureCache } from './http/picture-cache.js';
import { servePictures } from './http/pictures.js';
import type { AlertView, Sections } from './live/live-state.js';
import { Publisher } from './live/publisher.js';

export interface DashboardOptions {
  readonly http: FastifyInstance;
  readonly metrics: Registry;
  /** The built page: `index.html`, `app.js`, `app.css`, `favicon.svg`. */
  readonly pageDir: string;
  /** Where the server listens; on loopback it answers to local names only. */
  readonly listenHost: string;
  /** The live state of the moment. */
  readonly sections: () => Sections;
  readonly now: () => number;
  readonly camera: PeerClient;
  readonly storage: PeerClient;
  readonly alerts: PeerClient;
  readonly recentEvidence: PictureCache;
  /** An alert was acknowledged, or that was taken back. */
  readonly onAlert: (alert: AlertView) => void;
}

/** Puts the page, its live state, its pictures and its one action on the server. */
export async function serveDashboard(options: DashboardOptions): Promise<LiveStream> {
  const { http, metrics, sections, now, camera, storage, alerts, recentEvidence, onAlert } = options;
  await servePage(http, { pageDir: options.pageDir, listenHost: options.listenHost });
  servePictures({ http, camera, storage, recentEvidence });
  serveAcknowledgements({ http, alerts, onAlert });
  return new LiveStream({ publisher: new Publisher({ sections, now }), http, metrics });
}
