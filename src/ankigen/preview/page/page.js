// The page: decks, search, problems, keys; and staying where one was when the notes change.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const root = document.documentElement;
  let at = -1; // the chosen record
  let name = ""; // its name, which outlives edits
  const wanted = location.hash.slice(1); // the name of the record that a reloaded page showed
  let deck = ""; // "" is all
  let night = matchMedia("(prefers-color-scheme: dark)").matches;
  let phone = false;
  let asked = 0;

  const make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  // ---- problems

  const faultOf = (fault, linked) => {
    const element = make(linked ? "button" : "div", `fault ${fault.severity}`);
    if (linked) {
      element.type = "button";
      element.onclick = () => choose(fault.record, true);
    }
    const what = make("span");
    what.append(make("b", "", `${fault.severity}: `), fault.message);
    element.append(make("span", "place", `${fault.place}  ${fault.rule}`), what);
    if (fault.source) {
      const code = make("code");
      const end = fault.at + fault.length;
      code.append(fault.source.slice(0, fault.at), make("mark", "", fault.source.slice(fault.at, end)), fault.source.slice(end));
      element.append(code);
    }
    element.append(make("span", "hint", fault.hint));
    return element;
  };

  const drawFaults = () => {
    const { diagnostics, problems } = preview.index;
    const errors = diagnostics.filter((fault) => fault.severity === "error").length;
    const button = $("faults");
    button.hidden = !diagnostics.length;
    button.className = errors ? "error" : "warning";
    button.textContent = diagnostics.length === 1 ? "1 problem" : `${diagnostics.length} problems`;
    $("faultpane").replaceChildren(...diagnostics.slice(0, 500).map((fault) => faultOf(fault, fault.record !== null)));
    if (!diagnostics.length) openFaults(false);
    const banner = $("banner");
    banner.hidden = !problems.length;
    banner.replaceChildren(
      ...problems.map((problem) => {
        const text = make("p");
        text.append(make("strong", "", problem.message), ` ${problem.hint}`);
        return text;
      }),
    );
  };

  const openFaults = (open) => {
    $("faultpane").hidden = !open;
    $("faults").setAttribute("aria-expanded", String(open));
  };

  // ---- decks

  const drawDecks = () => {
    const tree = { names: new Map(), count: 0 };
    for (const record of preview.records) {
      let node = tree;
      node.count += 1;
      let path = "";
      for (const level of record.deck.split("::")) {
        path = path ? `${path}::${level}` : level;
        if (!node.names.has(level)) node.names.set(level, { names: new Map(), count: 0, path });
        node = node.names.get(level);
        node.count += 1;
      }
    }
    const item = (label, path, node) => {
      const element = make("li");
      const button = make("button");
      button.type = "button";
      button.title = path;
      button.append(make("span", "", label), make("span", "", String(node.count)));
      button.setAttribute("aria-current", String(path === deck));
      button.onclick = () => {
        deck = path;
        drawDecks();
        $("decks").querySelector('[aria-current="true"]').focus();
        filter(true);
      };
      element.append(button);
      if (node.names.size) element.append(items(node));
      return element;
    };
    const items = (node) => {
      const element = make("ul");
      for (const [label, inner] of node.names) element.append(item(label, inner.path, inner));
      return element;
    };
    const all = make("ul");
    all.append(item("All decks", "", { count: tree.count, names: new Map() }), ...items(tree).children);
    $("decks").replaceChildren(all);
  };

  // ---- records

  const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

  const filter = (anew = false) => {
    const words = plain($("search").value).split(/\s+/).filter(Boolean);
    const shown = [];
    preview.records.forEach((record, number) => {
      if (deck && record.deck !== deck && !record.deck.startsWith(`${deck}::`)) return;
      record.plain ??= plain(`${record.term}\n${record.definition}\n${record.tags.join(" ")}\n${record.path}`);
      if (words.every((word) => record.plain.includes(word))) shown.push(number);
    });
    preview.list.show(shown, worst(), anew);
    const total = preview.records.length;
    const count = shown.length === total ? `${total}` : `${shown.length} of ${total}`;
    $("count").textContent = total ? `${count} record${total === 1 ? "" : "s"}` : "no records";
    return shown;
  };

  const worst = () => {
    const found = new Map();
    for (const { record, severity } of preview.index.diagnostics) {
      if (record !== null && severity !== "info" && found.get(record) !== "error") found.set(record, severity);
    }
    return found;
  };

  const about = () => {
    const record = preview.records[at];
    const parts = [make("p", "", [`${record.path}:${record.line}`, record.deck, ...record.tags].join("  ·  "))];
    if (record.doubt) {
      const [line, begins] = record.doubt;
      const other = begins ? `line ${line} may be a term of its own` : `line ${line} may belong to the record above`;
      const sure = `The reader is ${Math.round(record.confidence * 100)} % sure: ${other}.`;
      parts.push(make("p", "unsure", sure));
    }
    const own = preview.index.diagnostics.filter((fault) => fault.record === at);
    $("about").replaceChildren(...parts, ...own.map((fault) => faultOf(fault, false)));
  };

  const choose = async (number, open, keep = false) => {
    if (number === undefined || number === null || !preview.records[number]) return;
    at = number;
    name = preview.records[at].name;
    history.replaceState(null, "", `#${encodeURIComponent(name)}`);
    preview.list.select(at, !keep);
    if (open) document.body.dataset.view = "card";
    about();
    if (!keep) preview.card.expect();
    asked += 1;
    const mine = asked;
    try {
      const cards = await preview.cards(at);
      if (mine === asked) preview.card.show(cards, keep);
    } catch (error) {
      if (mine === asked && preview.records[number]) preview.card.nothing(`The card cannot be shown: ${error.message}`);
    }
  };

  const changed = (index) => {
    const before = at >= 0 ? preview.records[at] : null;
    preview.records = index.records.map((row) => Object.fromEntries(index.columns.map((key, place) => [key, row[place]])));
    for (const record of preview.records) record.deck = index.decks[record.deck];
    if (deck && !preview.records.some((record) => record.deck === deck || record.deck.startsWith(`${deck}::`))) deck = "";
    document.title = `${index.title} - ankigen preview`;
    $("title").textContent = index.title;
    drawFaults();
    drawDecks();
    const shown = filter();
    const isIt = before ? (record) => record.name === name : (record) => encodeURIComponent(record.name) === wanted;
    let found = preview.records.findIndex(isIt);
    if (found < 0 && before) { // under another name: the same term, or else what stands where it stood
      const near = (other) => Math.abs(other.line - before.line) + (other.term === before.term ? 0 : 1e9);
      preview.records.forEach((record, number) => {
        if (record.path !== before.path) return;
        if (found < 0 || near(record) < near(preview.records[found])) found = number;
      });
    }
    if (found < 0) found = shown.length ? shown[0] : -1;
    if (found >= 0) choose(found, false, before !== null);
    else {
      at = -1;
      $("about").replaceChildren();
      const hint = "No records yet. Write a line like \u201cterm :: definition\u201d and save: it appears here.";
      preview.card.nothing(index.problems.length ? "Nothing can be shown until this is mended." : hint);
    }
  };

  // ---- switches and keys

  const setNight = (on) => {
    night = on;
    root.classList.toggle("night", on);
    $("night").setAttribute("aria-pressed", String(on));
    preview.card.setNight(on);
  };
  const setPhone = (on) => {
    phone = on;
    $("phone").setAttribute("aria-pressed", String(on));
    preview.card.setPhone(on);
  };

  const key = (pressed) => {
    if (pressed === "j" || pressed === "ArrowDown") choose(preview.list.next(1), false);
    else if (pressed === "k" || pressed === "ArrowUp") choose(preview.list.next(-1), false);
    else if (pressed === " ") preview.card.flip();
    else if (pressed === "n") setNight(!night);
    else if (pressed === "p") setPhone(!phone);
    else if (/^[1-9]$/.test(pressed)) preview.card.turn(Number(pressed) - 1);
    else if (pressed === "/") {
      document.body.dataset.view = "list";
      $("search").focus();
      $("search").select();
    } else return false;
    return true;
  };

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target === $("search")) {
      if (event.key === "Escape" || event.key === "Enter" || event.key === "ArrowDown") {
        if (event.key === "Escape") {
          $("search").value = "";
          filter(true);
        }
        if (event.key !== "ArrowDown") event.preventDefault();
        $("list").focus();
        if (event.key !== "Escape" && !filter().includes(at)) choose(preview.list.next(0), false);
      }
      return;
    }
    if (event.target.tagName === "BUTTON" && (event.key === " " || event.key === "Enter")) return;
    if (event.key === "Enter" && event.target === $("list")) {
      document.body.dataset.view = "card";
      return;
    }
    if (key(event.key)) event.preventDefault();
  });

  preview.card.onkey = key;
  preview.card.onlink = (href) => {
    if (!/^https?:/.test(href)) return;
    const note = make("p", "");
    const link = make("a", "", href);
    Object.assign(link, { href, target: "_blank", rel: "noopener noreferrer" });
    note.append("Anki opens this link in a browser: ", link);
    $("about").prepend(note);
  };
  preview.list.onchoose((number, open) => choose(number, open));
  $("search").addEventListener("input", () => filter(true));
  $("night").onclick = () => setNight(!night);
  $("phone").onclick = () => setPhone(!phone);
  $("faults").onclick = () => openFaults($("faultpane").hidden);
  $("back").onclick = () => {
    document.body.dataset.view = "list";
    $("list").focus();
  };
  setNight(night);
  preview.follow(changed, (gone) => {
    if (!gone) {
      if ($("banner").dataset.lost && preview.index) drawFaults();
      delete $("banner").dataset.lost;
      return;
    }
    $("banner").dataset.lost = "yes";
    $("banner").hidden = false;
    $("banner").replaceChildren(make("p", "", "ankigen preview does not answer: start it again, and this page goes on."));
  });
  $("list").focus();
})();
