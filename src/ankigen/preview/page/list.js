// The list of records: only the rows in view are in the page, so ten thousand are as quick as ten.
"use strict";
(() => {
  const HEIGHT = 56;
  const list = document.getElementById("list");
  const space = document.getElementById("space");
  let shown = []; // numbers of the records that the search and the deck leave
  let chosen = -1; // a record's number
  let marks = new Map(); // a record's number to the severity of its worst fault
  let choose = () => {};

  const draw = () => {
    const from = Math.max(0, Math.floor(list.scrollTop / HEIGHT) - 5);
    const to = Math.min(shown.length, Math.ceil((list.scrollTop + list.clientHeight) / HEIGHT) + 5);
    const rows = [];
    for (let place = from; place < to; place += 1) {
      const at = shown[place];
      const record = preview.records[at];
      const row = document.createElement("div");
      row.className = `row ${marks.get(at) ?? ""}`;
      row.id = `record-${at}`;
      row.style.top = `${place * HEIGHT}px`;
      row.role = "option";
      row.ariaSelected = String(at === chosen);
      row.ariaSetSize = String(shown.length);
      row.ariaPosInSet = String(place + 1);
      row.dataset.at = String(at);
      for (const text of [record.term || "(no text)", record.definition || record.tags.join(" ")]) {
        const line = document.createElement("span");
        line.textContent = text.slice(0, 200);
        row.append(line);
      }
      rows.push(row);
    }
    space.style.height = `${shown.length * HEIGHT}px`;
    space.replaceChildren(...rows);
    if (shown.includes(chosen)) list.setAttribute("aria-activedescendant", `record-${chosen}`);
    else list.removeAttribute("aria-activedescendant");
  };

  const into = (place) => {
    const top = place * HEIGHT;
    if (top < list.scrollTop) list.scrollTop = top;
    else if (top + HEIGHT > list.scrollTop + list.clientHeight) list.scrollTop = top + HEIGHT - list.clientHeight;
  };

  list.addEventListener("scroll", draw, { passive: true });
  new ResizeObserver(draw).observe(list);
  space.addEventListener("click", (event) => {
    const row = event.target.closest(".row");
    if (row) choose(Number(row.dataset.at), true);
  });

  preview.list = {
    onchoose: (call) => { choose = call; },
    // With `anew`, the list begins at the chosen record, or else at its top.
    show: (numbers, worst, anew) => {
      shown = numbers;
      marks = worst;
      draw();
      if (anew) into(Math.max(0, shown.indexOf(chosen)));
    },
    select: (at, scrolls) => {
      chosen = at;
      const place = shown.indexOf(at);
      if (place >= 0 && scrolls) into(place);
      draw();
    },
    // The record `by` rows further, or the first.
    next: (by) => {
      const place = shown.indexOf(chosen);
      const wanted = place < 0 ? 0 : Math.min(shown.length - 1, Math.max(0, place + by));
      return shown[wanted];
    },
  };
})();
