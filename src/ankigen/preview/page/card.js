// The card: a sandboxed frame for each, which runs the scripts of its templates and reaches nothing outside.
"use strict";
(() => {
  const stage = document.getElementById("stage");
  const flip = document.getElementById("flip");
  const names = document.getElementById("cards");
  let frame = null; // the frame in view
  let coming = null; // the one that takes its place once its card is drawn
  let record = null; // what preview.cards gave
  let place = 0; // which of its cards
  let side = "front";
  let night = false;
  let drawn = ""; // the style sheet of the card in view
  let waiting = false; // for the cards of the record that was chosen last

  const tell = (target, side) => {
    const card = record.cards[place];
    drawn = preview.index.styles[record.style];
    const phone = stage.classList.contains("phone");
    target.contentWindow.postMessage({ side, html: card[side], css: drawn, night, phone, ordinal: card.ordinal }, "*");
  };

  const say = (text) => { document.getElementById("said").textContent = text; };

  const nothing = (reason) => {
    const text = document.createElement("p");
    text.textContent = reason;
    stage.replaceChildren(text);
    frame = coming = null;
  };

  const fresh = () => {
    coming?.remove();
    coming = document.createElement("iframe");
    coming.setAttribute("sandbox", "allow-scripts");
    coming.className = "coming";
    coming.title = `${record.cards[place].name}: the card`;
    coming.src = "frame.html";
    stage.append(coming);
  };

  addEventListener("message", (event) => {
    const mine = event.source && [frame, coming].find((one) => one?.contentWindow === event.source);
    if (!mine || typeof event.data !== "object" || event.data === null) return;
    const { kind, value } = event.data;
    if (kind === "ready") {
      tell(mine, "front"); // as in Anki, what a script of the front leaves is there for the back
      if (side === "back") tell(mine, "back");
    } else if (kind === "drawn" && mine === coming) {
      for (const old of [...stage.children]) if (old !== coming) old.remove();
      coming.classList.remove("coming");
      [frame, coming] = [coming, null];
    } else if (kind === "key" && typeof value === "string") preview.card.onkey(value);
    else if (kind === "link" && typeof value === "string") preview.card.onlink(value);
  });

  const buttons = () => {
    flip.textContent = side === "front" ? "Show back" : "Show front";
    flip.disabled = !record?.cards.length;
    names.replaceChildren(
      ...(record?.cards.length > 1 ? record.cards : []).map((card, at) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = card.name;
        button.setAttribute("aria-current", String(at === place));
        button.onclick = () => {
          preview.card.turn(at);
          names.children[at].focus();
        };
        return button;
      }),
    );
  };

  preview.card = {
    onkey: () => {},
    onlink: () => {},
    // Another record was chosen: what is turned from now on is its card.
    expect: () => {
      waiting = true;
      side = "front";
    },
    // Shows the cards of a record; with `keep`, the same card and side as before.
    show: (cards, keep) => {
      waiting = false;
      const same = keep && record && JSON.stringify(record) === JSON.stringify(cards) && frame;
      record = cards;
      place = keep ? Math.min(place, Math.max(0, cards.cards.length - 1)) : 0;
      buttons();
      if (!cards.cards.length) nothing(cards.reason);
      else if (!same || coming) fresh();
      else if (drawn !== preview.index.styles[cards.style]) tell(frame, side);
    },
    nothing: (reason) => {
      waiting = false;
      record = null;
      buttons();
      nothing(reason);
    },
    turn: (at) => {
      if (!record?.cards[at]) return;
      place = at;
      side = "front";
      buttons();
      fresh();
    },
    flip: () => {
      if (!waiting && !record?.cards.length) return;
      side = side === "front" ? "back" : "front";
      if (waiting) return;
      buttons();
      say(side === "front" ? "front" : "back");
      if (frame && !coming && side === "back") tell(frame, side);
      else fresh(); // a front is asked anew, and with a window of its own
    },
    setNight: (on) => {
      night = on;
      if (frame && record?.cards.length) frame.contentWindow.postMessage({ night }, "*");
    },
    setPhone: (on) => {
      stage.classList.toggle("phone", on);
      if (record?.cards.length) fresh();
    },
  };
  flip.onclick = () => preview.card.flip();
})();
