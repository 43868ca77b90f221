// Where the data comes from: the server of `ankigen preview`, or the files beside an exported page.
"use strict";
const preview = { index: null, version: 0 };

(() => {
  const exported = document.documentElement.dataset.exported !== undefined;
  const loaded = new Map(); // of an exported page: what each script has brought
  const waiting = new Map();

  // A page opened from disk may not fetch, and a sandboxed frame may not read from it: scripts bring cards and media.
  const bring = (name, value) => {
    loaded.set(name, value);
    waiting.get(name)?.(value);
  };
  preview.chunk = (number, cards) => bring(`cards/${number}.js`, cards);
  preview.media = (name, url) => bring(`media/${name}.js`, url);

  const load = (name) =>
    loaded.has(name)
      ? Promise.resolve(loaded.get(name))
      : new Promise((resolve, reject) => {
          waiting.set(name, resolve);
          const script = document.createElement("script");
          script.src = name;
          script.onerror = () => reject(new Error(`${name} is missing`));
          document.head.append(script);
        });

  const fetched = async (path) => {
    const answer = await fetch(path, { cache: "no-store" });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  };

  // The cards of one record: {cards: [{name, front, back}], style, reason}.
  preview.cards = async (at) => {
    if (!exported) return fetched(`api/cards/${preview.version}/${at}`);
    const size = preview.index.chunk;
    const record = (await load(`cards/${Math.floor(at / size)}.js`))[at % size];
    const urls = await Promise.all(record.media.map((name) => load(`media/${name}.js`)));
    const inPlace = (html) => record.media.reduce((text, name, place) => text.replaceAll(`"${name}"`, `"${urls[place]}"`), html);
    const cards = record.cards.map((card) => ({ ...card, front: inPlace(card.front), back: inPlace(card.back) }));
    return { ...record, cards };
  };

  // Calls `changed` with each new index, the first at once; `lost` when the server is gone, and when it is back.
  preview.follow = (changed, lost) => {
    const take = (index) => {
      preview.version = index.version;
      preview.index = index;
      changed(index);
    };
    if (exported) {
      take(preview.exported);
      return;
    }
    const events = new EventSource("api/events");
    events.onmessage = async (event) => {
      if (Number(event.data) === preview.version) return;
      try {
        take(await fetched("api/index"));
        lost(false);
      } catch {
        lost(true);
      }
    };
    events.onopen = () => lost(false);
    events.onerror = () => lost(true);
  };
})();
