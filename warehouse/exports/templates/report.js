// The page without this is whole: charts are still pictures and no row is hidden.
(() => {
  "use strict";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const LEGIBLE = 800; // px; with less room a chart is drawn narrower, and scrolls where that is not enough
  const NARROWEST = 420; // px of a plot: with less, labels run into each other
  const AXES = 110; // px that axes and margins take beside the plot

  // ---- charts

  const figures = [...document.querySelectorAll("figure.chart")];
  const looks = figures.length && JSON.parse(document.getElementById("looks").textContent);

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

  const heading = (title, width) => {
    const given = typeof title === "string" || Array.isArray(title) ? { text: title } : title;
    const fontSize = Math.min(given.fontSize ?? 13, 14);
    const made = { ...given, fontSize, limit: width, text: wrapped(given.text, width, fontSize) };
    if (given.subtitle) made.subtitle = wrapped(given.subtitle, width, 12);
    return made;
  };

  // A view and the views in it, not wider than there is room for; data are never touched.
  const PARTS = ["layer", "vconcat", "hconcat", "concat"];
  const narrowed = (view, width) => {
    const made = { ...view };
    if (typeof made.width === "number") made.width = Math.min(made.width, Math.max(NARROWEST, width - AXES));
    if (made.title) made.title = heading(made.title, width);
    for (const part of PARTS) {
      if (Array.isArray(made[part])) made[part] = made[part].map((one) => narrowed(one, width));
    }
    if (made.spec) made.spec = narrowed(made.spec, width);
    return made;
  };

  const adapted = (spec, width) => ({
    ...(width < LEGIBLE ? narrowed(spec, width) : spec),
    config: looks[dark.matches ? "dark" : "light"],
  });

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
      mode: "vega-lite", renderer: "svg", actions: false, ast: true,
      defaultStyle: false, logLevel: 1, // errors alone: a panel may rightly have no provisional year
    });
    if (figure.turn !== mine) {
      result.view.finalize();
      return;
    }
    figure.view = result.view;
    // The words for a reader who does not see it stand around the drawing, once.
    place.querySelector("svg").setAttribute("aria-hidden", "true");
    figure.classList.add("drawn");
  };

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
