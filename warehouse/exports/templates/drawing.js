// How a chart meets a page: its colours, its width, and the library that draws it.
(() => {
  "use strict";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const LEGIBLE = 800; // px; with less room a chart is drawn narrower, and scrolls where that is not enough
  const NARROWEST = 420; // px of a plot: with less, labels run into each other; a chart may name more
  const BOLD = 1.15; // how much wider bold letters are: a title that does not fit its lines is cut
  const AXES = 110; // px that axes and margins take beside the plot

  // A text in lines of so many letters at most.
  const lines = (text, most) => {
    const made = [""];
    for (const word of String(text).split(" ")) {
      if (made.at(-1) && made.at(-1).length + word.length >= most) made.push("");
      made[made.length - 1] += (made.at(-1) ? " " : "") + word;
    }
    return made;
  };
  const wrapped = (text, width, size) => [].concat(text).flatMap((one) => lines(one, Math.max(12, Math.floor(width / (size * 0.6)))));

  const heading = (title, width) => {
    const given = typeof title === "string" || Array.isArray(title) ? { text: title } : title;
    const fontSize = Math.min(given.fontSize ?? 13, 14);
    const made = { ...given, fontSize, limit: width, text: wrapped(given.text, width, fontSize * BOLD) };
    if (given.subtitle) made.subtitle = wrapped(given.subtitle, width, 12);
    return made;
  };

  // A view and the views in it, not wider than there is room for; data are never touched.
  const PARTS = ["layer", "vconcat", "hconcat", "concat"];
  const narrowed = (view, width, least) => {
    const made = { ...view };
    if (typeof made.width === "number" && !made.projection) made.width = Math.min(made.width, Math.max(least, width - AXES));
    if (made.title) made.title = heading(made.title, width);
    for (const part of PARTS) {
      if (Array.isArray(made[part])) made[part] = made[part].map((one) => narrowed(one, width, least));
    }
    if (made.spec) made.spec = narrowed(made.spec, width, least);
    return made;
  };

  const adapted = (spec, width, looks) => ({
    ...(width < LEGIBLE ? narrowed(spec, width, spec.usermeta?.narrowest ?? NARROWEST) : spec),
    config: looks[dark.matches ? "dark" : "light"],
  });

  // A chart wider than its place says so: nothing else shows that the place scrolls.
  const hinted = (figure) => {
    const place = figure.querySelector(".drawing");
    figure.classList.remove("wider");
    figure.classList.toggle("wider", place.scrollWidth > place.clientWidth);
  };

  // Draws a specification into a place; resolves to the view.
  // ast: expressions are interpreted, so that a page needs no right to run made-up code.
  const embed = async (place, spec) => {
    const result = await window.vegaEmbed(place, spec, {
      mode: "vega-lite", renderer: "svg", actions: false, ast: true,
      defaultStyle: false, logLevel: 1, // errors alone: a panel may rightly have no provisional year
    });
    return result.view;
  };

  window.drawing = { LEGIBLE, dark, lines, adapted, embed, hinted };
})();
