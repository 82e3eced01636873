"use strict";
(() => {
  const specs = JSON.parse(document.getElementById("chart-data").textContent);
  // `ast` makes Vega interpret its expressions: the page's policy forbids eval.
  const options = {
    actions: false,
    ast: true,
    renderer: "svg",
    defaultStyle: false,
    tooltip: { disableDefaultStyle: true, id: "vg-tooltip-element" },
  };

  // Fit a chart into its host: single ones by their width, small multiples by their columns.
  const fitted = (spec, room) => {
    const copy = structuredClone(spec);
    const panel = copy.spec;
    if (panel) {
      const least = 180;
      copy.columns = Math.max(1, Math.min(copy.columns || 1, Math.floor(room / least)));
      const side = Math.min(panel.width, Math.floor((room - 60) / copy.columns - 24));
      panel.width = side;
      panel.height = side;
    } else {
      copy.width = "container";
      copy.autosize = { type: "fit-x", contains: "padding" };
    }
    return copy;
  };

  const drawn = new Map();
  const draw = async (host) => {
    const room = host.clientWidth;
    const before = drawn.get(host);
    // Single charts follow their host's width by themselves.
    if (before && (!specs[host.dataset.chart].spec || Math.abs(before.room - room) < 2)) return;
    drawn.set(host, { room, view: before && before.view });
    try {
      const result = await vegaEmbed(host, fitted(specs[host.dataset.chart], room), options);
      if (before && before.view) before.view.finalize();
      drawn.set(host, { room, view: result.view });
    } catch (error) {
      host.textContent = "This chart could not be drawn (" + error.message + "); the table below holds its values.";
      const table = host.parentElement.querySelector("details");
      if (table) table.open = true;
    }
  };

  const hosts = [...document.querySelectorAll("[data-chart]")];
  hosts.forEach(draw);
  let waiting = 0;
  window.addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => hosts.forEach(draw), 150);
  });

  // On paper, every table is shown; afterwards only those that were open.
  const closed = new Set();
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll("details:not([open])").forEach((element) => {
      closed.add(element);
      element.open = true;
    });
  });
  window.addEventListener("afterprint", () => {
    closed.forEach((element) => { element.open = false; });
    closed.clear();
  });
})();
