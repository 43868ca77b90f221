// Anki keeps the page from card to card and runs this anew for each, so only one listener may stay on the document.
(function () {
  var box = document.querySelector(".items");
  var list = box && box.querySelector("ol, ul");
  var bar = document.querySelector(".reveal");
  var hidden = [];
  var count;

  if (window.ankigenKey) {
    document.removeEventListener("keydown", window.ankigenKey);
    window.ankigenKey = null;
  }
  if (!list || !bar) {
    return;
  }
  for (var item = list.firstElementChild; item; item = item.nextElementSibling) {
    hide(item);
  }
  count = hidden.length;
  if (count < 2) {
    show(count);
    return;
  }
  bar.hidden = false;
  list.classList.add("tappable"); // AnkiDroid and AnkiMobile then keep their own taps away from it
  list.addEventListener("click", function (event) {
    if (!event.target.closest("a, button, input, summary, audio, video") && !String(window.getSelection())) {
      show(1);
    }
  });
  bar.querySelector(".next").addEventListener("click", function () {
    show(1);
  });
  bar.querySelector(".all").addEventListener("click", function () {
    show(count);
  });
  document.addEventListener("keydown", key);
  window.ankigenKey = key;
  show(0);

  function hide(item) {
    var inside = document.createElement("div");
    inside.className = "item";
    while (item.firstChild) {
      inside.appendChild(item.firstChild);
    }
    item.appendChild(inside);
    item.classList.add("unseen");
    hidden.push(item);
  }

  function show(many) {
    var last;
    while (many-- > 0 && hidden.length) {
      last = hidden.shift();
      last.classList.remove("unseen");
      last.classList.add("shown");
    }
    bar.querySelector(".seen").textContent = count - hidden.length + " of " + count;
    if (!hidden.length) {
      bar.hidden = true;
      list.classList.remove("tappable");
    }
    if (last) {
      (bar.hidden ? last : bar).scrollIntoView({ block: "nearest" });
    }
  }

  function key(event) {
    var isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable;
    if (event.key.toLowerCase() === "n" && !isTyping && !event.ctrlKey && !event.altKey && !event.metaKey) {
      show(event.shiftKey ? count : 1);
    }
  }
})();
