// The page without this is whole: charts are still pictures and no row is hidden.
(() => {
  "use strict";
  const { LEGIBLE, dark, adapted, embed, hinted } = window.drawing;

  // ---- charts

  const figures = [...document.querySelectorAll("figure.chart")];
  const looks = figures.length && JSON.parse(document.getElementById("looks").textContent);

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
    const view = await embed(place, adapted(spec, width, looks));
    if (figure.turn !== mine) {
      view.finalize();
      return;
    }
    figure.view = view;
    // The words for a reader who does not see it stand around the drawing, once.
    place.querySelector("svg").setAttribute("aria-hidden", "true");
    figure.classList.add("drawn");
    hinted(figure);
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

  // ---- paper: what is folded is opened

  const folded = () => document.querySelectorAll("details:not([open])");
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...folded()];
    opened.forEach((part) => { part.open = true; });
  });
  window.addEventListener("afterprint", () => opened.forEach((part) => { part.open = false; }));
})();
