// The frame of every page: head, header, main, footer. Links are relative, so that a page works at public_url, behind a path
// prefix of a proxy and on the loopback address alike.

import { assetNames } from './assets.ts';
import { html, render, type Html } from './html.ts';
import type { Reply } from './reply.ts';

export interface Frame {
  readonly title: string;
  readonly status: number;
  /** From this page to the root: `./` or `../`. */
  readonly root: './' | '../';
  /** What /live is asked for; null: a page that does not change. */
  readonly live: string | null;
  readonly main: Html;
}

function refresh(live: string | null): Html | null {
  // Nothing changes by itself without the script, so the page comes again.
  return live === null ? null : html`<noscript><meta http-equiv="refresh" content="10" /></noscript>`;
}

function script(frame: Frame): Html | null {
  if (frame.live === null) return null;
  return html`<script src="${frame.root}assets/${assetNames.script}" defer></script>`;
}

/** A whole page, ready to be sent. */
export function page(frame: Frame): Reply {
  const { root } = frame;
  const whole = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${frame.title} · gearbridge</title>
        <link rel="icon" href="${root}assets/${assetNames.icon}" />
        <link rel="stylesheet" href="${root}assets/${assetNames.style}" />
        ${refresh(frame.live)} ${script(frame)}
      </head>
      <body data-live="${frame.live === null ? '' : `${root}${frame.live}`}">
        <a class="skip" href="#main">Skip to the content</a>
        <header>
          <a class="brand" href="${root}">gearbridge</a>
          <span id="live" role="status"></span>
        </header>
        <main id="main">${frame.main}</main>
        <footer>
          <nav aria-label="Machine-readable">
            <a href="${root}api/v1/status">status</a> <a href="${root}readyz">readiness</a>
            <a href="${root}metrics">metrics</a> <a href="${root}flakes">failures</a>
          </nav>
        </footer>
      </body>
    </html>`;
  return { status: frame.status, type: 'html', body: `${render(whole).trim()}\n` };
}
