// The page without this is whole: charts are still pictures and no row is hidden.
(() => {
  "use strict";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const LEGIBLE = 640; // px; below it a chart is drawn anew for the width there is
  const AXES = 110; // px that axes and margins take beside the plot

  // ---- charts

  // Colours that only paper is white behind; those of the figures stay what they are.
  const IN_THE_DARK = JSON.parse(document.getElementById("dark-colours").textContent);

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const config = () => ({
    background: "transparent",
    axis: {
      domainColor: colour("--quiet"), tickColor: colour("--quiet"), gridColor: colour("--line"),
      labelColor: colour("--ink"), titleColor: colour("--ink"),
    },
    header: { labelColor: colour("--ink"), titleColor: colour("--ink") },
    legend: { labelColor: colour("--ink"), titleColor: colour("--ink") },
    title: { color: colour("--ink"), subtitleColor: colour("--quiet") },
    text: { color: colour("--ink") },
    style: { "guide-label": { fill: colour("--ink") }, "guide-title": { fill: colour("--ink") } },
  });

  // Everything in a specification but its data, which is never touched.
  const walk = (node, change) => {
    if (Array.isArray(node)) return node.map((part) => walk(part, change));
    if (node === null || typeof node !== "object") return node;
    const made = {};
    for (const [key, value] of Object.entries(node)) {
      const isData = key === "data" || key === "datasets" || key === "values";
      made[key] = isData ? value : change(key, walk(value, change));
    }
    return made;
  };

  const wrapped = (text, width, size) => {
    const most = Math.max(12, Math.floor(width / (size * 0.56)));
    const lines = [];
    for (const given of [].concat(text)) {
      let line = "";
      for (const word of String(given).split(" ")) {
        if (line && line.length + word.length >= most) {
          lines.push(line);
          line = "";
        }
        line += (line ? " " : "") + word;
      }
      lines.push(line);
    }
    return lines;
  };

  const adapted = (spec, width) => {
    let made = spec;
    if (dark.matches) {
      made = walk(made, (key, value) =>
        typeof value === "string" ? IN_THE_DARK[value.toLowerCase()] ?? value : value);
    }
    if (width < LEGIBLE) {
      const plot = Math.max(140, width - AXES);
      made = walk(made, (key, value) => {
        if (key === "width" && typeof value === "number") return Math.min(value, plot);
        if (key === "title" && value !== null && typeof value === "object" && "text" in value) {
          const smaller = { ...value, limit: width, fontSize: Math.min(value.fontSize ?? 13, 14) };
          smaller.text = wrapped(value.text, width - 24, smaller.fontSize);
          if (value.subtitle) smaller.subtitle = wrapped(value.subtitle, width - 24, 11);
          return smaller;
        }
        return value;
      });
    }
    return made;
  };

  const draw = async (figure) => {
    const spec = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
    const live = figure.querySelector(".live");
    const width = figure.clientWidth - 24;
    figure.dataset.width = String(width);
    const mine = (figure.turn = (figure.turn ?? 0) + 1);
    figure.view?.finalize();
    live.replaceChildren();
    const place = document.createElement("div");
    live.append(place);
    // ast: expressions are interpreted, so that this page needs no right to run made-up code.
    const result = await window.vegaEmbed(place, adapted(spec, width), {
      mode: "vega-lite", renderer: "svg", actions: false, ast: true, config: config(),
      defaultStyle: false,
    });
    if (figure.turn !== mine) {
      result.view.finalize();
      return;
    }
    figure.view = result.view;
    figure.classList.add("drawn");
  };

  const figures = [...document.querySelectorAll("figure.chart")];
  // One after the other, first things first.
  const drawAll = async () => {
    for (const figure of figures) await draw(figure);
    document.documentElement.dataset.charts = "drawn";
  };
  dark.addEventListener("change", drawAll);
  let waiting;
  window.addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const crossed = figures.filter((figure) => {
        const was = Number(figure.dataset.width);
        const is = figure.clientWidth - 24;
        return was !== is && Math.min(was, is) < LEGIBLE;
      });
      crossed.reduce((before, figure) => before.then(() => draw(figure)), Promise.resolve());
    }, 200);
  });
  drawAll();

  // ---- claims

  const filter = document.getElementById("claims-filter");
  if (filter) {
    const rows = [...document.querySelectorAll("#claims-table > tbody > tr")];
    const said = document.getElementById("claims-shown");
    const { verdict, document: of, words } = filter.elements;
    const texts = rows.map((row) => row.textContent.toLocaleLowerCase());
    const apply = () => {
      const wanted = words.value.trim().toLocaleLowerCase();
      let shown = 0;
      rows.forEach((row, index) => {
        const fits =
          (!verdict.value || row.dataset.verdict === verdict.value) &&
          (!of.value || row.dataset.document === of.value) &&
          texts[index].includes(wanted);
        row.hidden = !fits;
        shown += fits ? 1 : 0;
      });
      said.textContent = `${shown} of ${rows.length} claims shown`;
    };
    filter.hidden = false;
    filter.addEventListener("input", apply);
    filter.addEventListener("submit", (event) => event.preventDefault());
    filter.addEventListener("reset", () => setTimeout(apply));
    apply();
  }

  // ---- paper: what is folded is opened

  const folded = () => document.querySelectorAll("details:not([open])");
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...folded()];
    opened.forEach((part) => { part.open = true; });
  });
  window.addEventListener("afterprint", () => opened.forEach((part) => { part.open = false; }));
})();
