"use strict";
// Moves the coloured passages through the states of the training, and shows the guesses of the token pointed at.
(() => {
  const story = JSON.parse(document.getElementById("result-data").textContent);
  const slider = document.getElementById("state");
  const said = document.getElementById("state-said");
  const play = document.getElementById("play");
  const card = document.getElementById("card");
  if (!slider || !card) return;
  const EDGES = [0.9, 0.5, 0.2, 0.1, 0.03, 0.01, 0.001];
  const SIGNS = { " ": "␣", "\n": "⏎", "\t": "⇥", "\r": "␍" };
  const SPECIAL = { "<unk>": "(unknown)", "<doc>": "(end)" };
  const unit = story.unit;

  const level = (nats) => EDGES.filter((edge) => Math.exp(-nats) < edge).length;
  const visible = (token) => SPECIAL[token] || [...token].map((each) =>
    SIGNS[each] || (/[\p{C}\p{Z}]/u.test(each) ? "\\u" + each.codePointAt(0).toString(16).padStart(4, "0") : each)).join("");
  const chance = (p) => {
    if (p >= 0.9995) return "over 99.9%";
    if (p >= 0.9) return (100 * p).toFixed(1) + "%";
    if (p >= 0.0995) return (100 * p).toFixed(0) + "%";
    if (p >= 0.0095) return (100 * p).toFixed(1) + "%";
    if (p < 5e-11) return "under 0.00000001%";
    return (100 * p).toFixed(1 - Math.floor(Math.log10(100 * p))).replace(/\.?0+$/, "") + "%";
  };
  const named = (state) => state.tokens === 0 ? "before training" : "after " + state.tokens.toLocaleString("en") + " " + unit + "s";

  const passages = [...document.querySelectorAll("[data-passage]")].map((host) => ({
    host,
    tokens: [...host.querySelectorAll(".t")],
    seen: story.passages[Number(host.dataset.passage)].seen,
    texts: story.passages[Number(host.dataset.passage)].tokens,
    sum: host.parentElement.querySelector(".sum"),
  }));
  let state = Number(slider.max);
  let held = null; // the token whose card is shown

  const sentence = (passage, at) => {
    const own = passage.seen[state][at];
    const guesses = own.guesses.map((guess, nth) => visible(guess) + " " + chance(own.probabilities[nth])).join(", ");
    return visible(passage.texts[at]) + ": " + own.nats.toFixed(2) + " nats, " + chance(Math.exp(-own.nats)) +
      ", guess " + own.rank.toLocaleString("en") + ". First guesses: " + guesses;
  };

  const paint = () => {
    const facts = story.states[state];
    said.textContent = named(facts) + ": loss " + facts.guesses.nats.toFixed(3) + " nats, the cost of a probability of " +
      chance(facts.guesses.right_probability);
    slider.setAttribute("aria-valuetext", said.textContent);
    for (const passage of passages) {
      const seen = passage.seen[state];
      passage.tokens.forEach((token, at) => {
        token.className = token.className.replace(/\bl\d\b/, "l" + level(seen[at].nats));
        token.classList.toggle("hit", seen[at].rank === 1);
        token.setAttribute("aria-label", sentence(passage, at));
      });
      const total = seen.reduce((sum, each) => sum + each.nats, 0);
      const mean = total / seen.length;
      const tell = (name, text) => { passage.sum.querySelector("[data-" + name + "]").textContent = text; };
      tell("sum", total.toPrecision(5).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, ""));
      tell("mean", mean.toPrecision(4));
      tell("probability", chance(Math.exp(-mean)));
      tell("right", seen.filter((each) => each.rank === 1).length + " of " + seen.length);
    }
    if (held) show(held.passage, held.at);
  };

  const element = (name, text, kind) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };
  const bar = (share) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    svg.setAttribute("class", "bar");
    svg.setAttribute("viewBox", "0 0 100 10");
    svg.setAttribute("preserveAspectRatio", "none");
    rect.setAttribute("width", String(100 * share));
    rect.setAttribute("height", "10");
    svg.append(rect);
    return svg;
  };

  const show = (passage, at) => {
    if (held) held.passage.tokens[held.at].classList.remove("on");
    held = { passage, at };
    const own = passage.seen[state][at];
    const token = passage.tokens[at];
    token.classList.add("on");
    const head = element("p");
    head.append(element("b", visible(passage.texts[at]), "text"),
      " got " + chance(Math.exp(-own.nats)) + ": " + own.nats.toFixed(2) + " nats" +
      (own.rank === 1 ? ", the first guess" : ", guess " + own.rank.toLocaleString("en")));
    const table = element("table");
    own.guesses.forEach((guess, nth) => {
      const right = own.rank === nth + 1;
      const row = element("tr", undefined, right ? "came" : "");
      const drawn = element("td");
      drawn.append(bar(own.probabilities[nth]));
      row.append(element("td", visible(guess), "text"), drawn, element("td", chance(own.probabilities[nth]) + (right ? " ✓" : "")));
      table.append(row);
    });
    card.replaceChildren(head, table);
    card.hidden = false;
    const box = (token.getClientRects()[0] || token.getBoundingClientRect());
    const room = document.documentElement.clientWidth;
    const left = Math.max(8, Math.min(box.left, room - card.offsetWidth - 8));
    const below = box.bottom + 8 + card.offsetHeight < window.innerHeight || box.top < card.offsetHeight + 16;
    card.style.left = left + window.scrollX + "px";
    card.style.top = (below ? box.bottom + 8 : box.top - card.offsetHeight - 8) + window.scrollY + "px";
  };
  const hide = () => {
    if (held) held.passage.tokens[held.at].classList.remove("on");
    held = null;
    card.hidden = true;
  };

  for (const passage of passages) {
    const { host, tokens } = passage;
    host.setAttribute("role", "listbox");
    host.setAttribute("aria-label", "Every " + unit + " of the passage with its cost and its first guesses");
    tokens.forEach((token, at) => {
      token.removeAttribute("title"); // the card says it
      token.setAttribute("role", "option");
      token.tabIndex = at === 0 ? 0 : -1;
    });
    const place = (event) => tokens.indexOf(event.target.closest(".t"));
    host.addEventListener("pointerover", (event) => { const at = place(event); if (at >= 0) show(passage, at); });
    host.addEventListener("pointerleave", () => { if (!host.contains(document.activeElement)) hide(); });
    host.addEventListener("click", (event) => { const at = place(event); if (at >= 0) tokens[at].focus(); });
    host.addEventListener("focusin", (event) => { const at = place(event); if (at >= 0) show(passage, at); });
    host.addEventListener("focusout", hide);
    host.addEventListener("keydown", (event) => {
      const at = tokens.indexOf(document.activeElement);
      if (event.key === "Escape") { hide(); return; }
      const line = (down) => { // the token nearest above or below
        const own = tokens[at].getBoundingClientRect();
        const rows = tokens.map((token, nth) => ({ nth, box: token.getBoundingClientRect() }))
          .filter(({ box }) => (down ? box.top > own.top + 4 : box.top < own.top - 4));
        if (!rows.length) return at;
        const top = down ? Math.min(...rows.map(({ box }) => box.top)) : Math.max(...rows.map(({ box }) => box.top));
        return rows.filter(({ box }) => Math.abs(box.top - top) < 4)
          .reduce((best, each) => (Math.abs(each.box.left - own.left) < Math.abs(best.box.left - own.left) ? each : best)).nth;
      };
      const to = {
        ArrowRight: () => at + 1, ArrowLeft: () => at - 1, ArrowDown: () => line(true), ArrowUp: () => line(false),
        Home: () => 0, End: () => tokens.length - 1,
      }[event.key];
      if (!to || at < 0) return;
      event.preventDefault();
      const next = Math.max(0, Math.min(tokens.length - 1, to()));
      tokens[at].tabIndex = -1;
      tokens[next].tabIndex = 0;
      tokens[next].focus();
    });
  }

  let playing = 0;
  const stop = () => { clearInterval(playing); playing = 0; play.textContent = "Play the training"; };
  slider.addEventListener("input", () => { stop(); state = Number(slider.value); paint(); });
  play.addEventListener("click", () => {
    if (playing) { stop(); return; }
    state = 0;
    slider.value = "0";
    paint();
    play.textContent = "Stop";
    playing = setInterval(() => {
      state += 1;
      slider.value = String(state);
      paint();
      if (state === Number(slider.max)) stop();
    }, 900);
  });
  document.querySelector(".controls").hidden = false;
  paint();
})();
