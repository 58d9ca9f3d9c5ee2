// The script of the pages, in the words of the browser: it takes new contents of <main> from /live and changes what differs, so
// that an opened detail, the place in a log and the focus stay. Without it the page comes again every ten seconds.

export const liveScript = String.raw`'use strict';
(() => {
  const main = document.getElementById('main');
  const told = document.getElementById('live');
  const address = document.body.dataset.live;
  if (!main || !told || !address) return;

  const pad = (number) => String(number).padStart(2, '0');
  const duration = (milliseconds) => {
    const seconds = Math.max(0, Math.floor(milliseconds / 1000));
    if (seconds < 60) return seconds + ' s';
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return minutes + ' min ' + pad(seconds % 60) + ' s';
    return Math.floor(minutes / 60) + ' h ' + pad(minutes % 60) + ' min';
  };
  // The server's clock counts: a reader's may be wrong by minutes.
  let skew = 0;
  const tick = (place) => {
    for (const one of place.querySelectorAll('[data-since]')) {
      const text = duration(Date.now() + skew - Date.parse(one.dataset.since));
      if (one.textContent !== text) one.textContent = text;
    }
  };
  const localise = (place) => {
    for (const one of place.querySelectorAll('time[datetime]')) {
      const date = new Date(one.dateTime);
      one.title = one.dateTime;
      one.textContent = date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
    }
  };

  const attributes = (old, fresh) => {
    for (const { name } of [...old.attributes]) {
      if (!fresh.hasAttribute(name) && name !== 'open') old.removeAttribute(name);
    }
    for (const { name, value } of [...fresh.attributes]) {
      if (name !== 'open' && old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
  };
  const patch = (old, fresh) => {
    const before = [...old.childNodes];
    const after = [...fresh.childNodes];
    after.forEach((next, index) => {
      const had = before[index];
      if (!had) old.append(next);
      else if (had.nodeType !== next.nodeType || had.nodeName !== next.nodeName) had.replaceWith(next);
      else if (next.nodeType !== Node.ELEMENT_NODE) {
        if (had.data !== next.data) had.data = next.data;
      } else {
        attributes(had, next);
        patch(had, next);
      }
    });
    before.slice(after.length).forEach((gone) => gone.remove());
  };
  // A text that took longer to make may come after a newer one.
  let shown = '';
  const show = (message) => {
    if (message.at < shown) return;
    shown = message.at;
    skew = Date.parse(message.at) - Date.now();
    const fresh = document.createElement('template');
    fresh.innerHTML = message.html;
    localise(fresh.content);
    tick(fresh.content);
    patch(main, fresh.content);
    if (message.title) document.title = message.title;
  };

  let wait = 1000;
  const connect = () => {
    const url = new URL(address, location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url);
    socket.onopen = () => {
      wait = 1000;
      told.textContent = 'live';
    };
    socket.onmessage = ({ data }) => show(JSON.parse(data));
    socket.onclose = () => {
      told.textContent = 'not live, trying again';
      setTimeout(connect, wait + Math.random() * 1000);
      wait = Math.min(wait * 2, 30000);
    };
  };

  localise(main);
  setInterval(() => tick(main), 1000);
  connect();
})();
`;
