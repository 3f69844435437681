// Pictures of figures, each with title, source, release, alternative text, and buttons that give it
// away: PNG, SVG, CSV of what is shown, and how to cite it. Drawn by Vega, in the report's colours.
import {
  MEASURES, amountWords, current, el, hasFlows, isIncomplete, isPer1000, isProvisional, load, nameOf, params, perWords, releaseOf, releases,
  show, site, standsAt, statusWords, titleOf, visible, when,
} from "./core.js";

const WIDTH = 760;
const NARROW = 600; // px; with less, as on a phone, names and releases are fewer
// With less room than it would take a plot leaves some for its axis, and for the figure beside its last bar.
const plotIn = (width) => (width < WIDTH ? width - BESIDE : width);
const BESIDE = 84;
const { embed, adapted, hinted, lines, LEGIBLE, dark } = window.drawing;

// ---- the library, once, when the figures already stand

let library = null;
const ready = () => (library ??= new Promise((resolve, reject) => {
  const script = el("script", { src: new URL("vega.js", import.meta.url), onload: resolve, onerror: () => reject(new Error("vega.js cannot be loaded")) });
  document.head.append(script);
}));

// ---- words: texts of data are values of a title or of a row, never part of an expression

const clean = (text) => visible(text).replace(/ +/g, " ").trim();
// Which release a picture of these measures is of, in words.
const releaseWords = (measures) => {
  const stocks = measures.some((measure) => measure !== "claims");
  const shown = clean(releaseOf(stocks ? "stock" : "claims").id);
  const flows = clean(releaseOf("claims").id);
  return stocks && measures.includes("claims") && flows !== shown ? `${shown} (people who claimed asylum: release ${flows})` : shown;
};
const sourceSentence = (release) => site.words.source.replace("{release}", () => release);

const inhabitantsSource = () => (isPer1000() ? [site.words.inhabitants_source] : []);

// ---- what the report draws too: warehouse/exports/charts/frame.py fills the same specifications alike

const spec = (name) => structuredClone(site.charts[name]);
const values = (rows) => ({ values: rows });
const framed = (panels, title, notes, { extra = [], spacing = 22, release }) => {
  const made = spec("frame");
  const [inner] = made.vconcat;
  Object.assign(inner, { vconcat: panels, spacing });
  Object.assign(inner.title, { text: lines(title, 78), subtitle: notes.flatMap((note) => lines(note, 128)) });
  made.title.text = [sourceSentence(release), ...extra].flatMap((line) => lines(line, 128));
  return made;
};
const panel = (name, rows, title, told, { x, y, ...given } = {}) => {
  const made = { ...spec(name), data: values(rows), ...given };
  if (x) made.encoding.x.scale.domain = x;
  if (y) made.encoding.y.scale.domain = y;
  if (told) made.encoding.tooltip[1].title = told;
  if (title) made.title.text = made.width < 400 ? lines(title, Math.floor(made.width / 7.5)) : [title];
  else delete made.title;
  return made;
};
const boxes = (made) => {
  const drawn = [...new Set(made.data.values.map((row) => row.style))].map((style) => {
    const box = spec("boxes");
    box.transform[0].filter.equal = box.layer[0].mark.style = style;
    for (const [at, axis, size] of [[1, "x", "width"], [2, "y", "height"]]) {
      const [start, end] = made.encoding[axis].scale.domain;
      box.transform[at].calculate = String(made[size] / Math.abs(end - start));
    }
    return box;
  });
  return { ...made, layer: [...drawn, ...made.layer] };
};
const headroom = (numbers) => Math.max(0, ...numbers) * 1.15 || 1;
const overYears = (made, first, last) => {
  const start = Math.min(first, last - 9);
  const perYear = made.width / (last - start + 1);
  const step = [1, 2, 5, 10, 20].find((one) => perYear * one >= 38);
  const { x } = made.encoding;
  x.scale.domain = [start - 0.5, last + 0.5];
  x.axis.values = [];
  for (let year = last; year >= first; year -= step) x.axis.values.unshift(year);
  return made;
};

// ---- the figures of a picture

const estimateOf = (row, measure) => (isIncomplete(row, measure) ? row[`${measure}_about`] ?? null : null);
const isHatched = (row, measure) => isProvisional(row, measure) || isIncomplete(row, measure);
const barOf = (row, measure) => ({
  year: row.year, high: row[measure], status: statusWords(row, measure), release: clean(releaseOf(measure).id), style: MEASURES[measure].style,
  hatched: isHatched(row, measure),
});
const yearBars = (persons, measure, width) => {
  const words = MEASURES[measure];
  const rows = persons.filter((row) => row[measure] !== null).map((row) => ({ ...barOf(row, measure), estimate: estimateOf(row, measure) }));
  const made = panel("yearly", rows, words.panel, words.column, { y: [0, headroom(rows.flatMap((row) => [row.high, row.estimate]))], width });
  return boxes(overYears(made, persons[0].year, persons.at(-1).year));
};
const hatchWords = (row, measures) => {
  const why = [...new Set(measures.filter((measure) => row[measure] !== null).flatMap((measure) => [
    isProvisional(row, measure) ? MEASURES[measure].provisional.replace("{day}", when(row, measure)) : null, isIncomplete(row, measure) ? site.words.at_least : null].filter(Boolean)))];
  return why.length ? ` (${why.join("; ")})` : "";
};
const hatchedNote = (rows, measures) => {
  const marked = rows.filter((row) => measures.some((measure) => row[measure] !== null && isHatched(row, measure)));
  const newest = marked.slice(-4);
  const more = marked.length > newest.length ? `, and ${marked.length - newest.length} before` : "";
  return marked.length ? [`Hatched: ${newest.map((row) => row.year + hatchWords(row, measures)).join(", ")}${more}.`] : [];
};
// Of no country nothing is told as most.
const isUnknown = [document.documentElement.dataset.code, params.get("origin"), params.get("asylum")].includes(site.unknown);
const describe = (persons, measures, title) => `${title}. ${measures.map((measure) => {
  const counted = persons.filter((row) => row[measure] !== null);
  if (!counted.some((row) => row[measure])) return null;
  const top = counted.reduce((a, b) => (b[measure] > a[measure] ? b : a));
  const last = counted.at(-1);
  const most = isUnknown ? "" : `most${counted.some((row) => isIncomplete(row, measure)) ? ", as reported," : ""} in ${top.year}, ${show(top[measure], "count")}; `;
  return `${MEASURES[measure].title}: ${most}newest ${when(last, measure)}, ${show(last[measure], "count")} (${statusWords(last, measure)}).`;
}).filter(Boolean).join(" ")} As published in release ${releaseWords(measures)}.`;

export const yearly = (persons, people, name = "yearly") => {
  // Flow above, stock below: two panels, never one series.
  const measures = ["claims", "stock"].filter((measure) => persons.some((row) => row[measure]));
  if (!measures.length) return null;
  const rows = persons.filter((row) => row.claims !== null || row.stock !== null);
  const from = rows.findIndex((row) => row.claims || row.stock);
  const shown = rows.slice(from);
  const title = `${people("People")} seeking asylum, by year`;
  const draw = (width = WIDTH) => framed(measures.map((measure) => yearBars(shown, measure, plotIn(width))), title, [...hatchedNote(shown, measures),
    ...(shown.some((row) => measures.some((measure) => estimateOf(row, measure))) ? [site.words.estimated] : []), site.words.no_bar], { release: releaseWords(measures) });
  return {
    name, title, of: releaseOf(measures.includes("stock") ? "stock" : "claims"), release: releaseWords(measures), description: describe(shown, measures, title),
    spec: draw(), fit: draw,
    columns: [
      { heading: "year", value: (row) => row.year },
      ...measures.flatMap((measure) => [
        { heading: MEASURES[measure].column, value: (row) => row[measure] },
        { heading: `${MEASURES[measure].title}: status`, value: (row) => (row[measure] === null ? "" : statusWords(row, measure)) },
      ]),
    ],
    rows: shown,
  };
};

// The same year in each release: what was said of it, from the first that had it.
const RELEASE_YEARS = 4;
const RELEASE_ROOM = 80; // px that a release takes with its figure, its name and its day
export const byRelease = (all, people, measure) => {
  const persons = all.filter((row) => row.unit === "persons" && row[measure] !== null);
  // A release whose flows are held back says nothing of them: it has no bar, and is named below.
  const told = releases.filter((release) => release.day <= current().day);
  const until = told.filter((release) => measure !== "claims" || hasFlows(release)).slice(-8);
  const without = told.filter((release) => !until.includes(release) && release.day > until[0]?.day).map((release) => clean(release.id));
  // Years that a release shown has: what came out later, or before the first of them, has no panel.
  const years = [...new Set(persons.filter((row) => until.some((release) => standsAt(row, release.day))).map((row) => row.year))]
    .sort((a, b) => b - a).slice(0, RELEASE_YEARS);
  if (until.length < 2 || !years.length) return null;
  const rows = years.flatMap((year) => until.map((release) => {
    const row = persons.find((one) => one.year === year && standsAt(one, release.day));
    return row && { ...row, release };
  }).filter(Boolean));
  if (!rows.some((row) => row[measure])) return null;
  const words = MEASURES[measure];
  const y = [0, headroom(rows.map((row) => row[measure])) * 1.08];
  // On a phone as many of the newest releases as have room, and no release off the screen.
  const draw = (width = WIDTH) => {
    const drawnOnes = until.slice(-Math.max(2, Math.floor(plotIn(width) / RELEASE_ROOM)));
    const x = [-0.5, drawnOnes.length - 0.5];
    const panels = years.map((year) => boxes(panel("releases", rows.filter((row) => row.year === year && drawnOnes.includes(row.release)).map((row) => ({
      ...barOf(row, measure), place: drawnOnes.indexOf(row.release), release: clean(row.release.id), since: row.release.from, shown: show(row[measure], "count"),
    })), String(year), words.column, { x, y, width: plotIn(width) })));
    panels.push(panel("release_names", drawnOnes.map((one, place) => ({ place, release: clean(one.id), since: one.from })), null, null, { x, width: plotIn(width) }));
    return framed(panels, title, [...(rows.some((row) => isHatched(row, measure)) ? [site.words.hatched] : []),
      ...(drawnOnes.length < until.length ? [`The newest ${drawnOnes.length} of ${until.length} releases; a wider window shows more.`] : []),
      ...(without.length ? [`Flows are missing or held back of ${without.join(", ")}.`] : [])],
    { spacing: 8, release: drawnOnes.length < until.length ? namesOf(drawnOnes) : release });
  };
  const title = `${titleOf(measure, people)}: the same year in each release`;
  const namesOf = (some) => [some[0], some.at(-1)].map((one) => clean(one.id)).join(some.length > 2 ? " to " : " and ");
  const release = namesOf(until);
  return {
    name: `releases_${measure}`, title, of: until.at(-1), release,
    description: `${title}. ${years.map((year) => `${year}: ${rows.filter((row) => row.year === year).map((row) => `${show(row[measure], "count")} in ${clean(row.release.id)}${hatchWords(row, [measure])}`).join(", ")}.`).join(" ")}`,
    spec: draw(), fit: draw,
    columns: [
      { heading: "year", value: (row) => row.year }, { heading: "release", value: (row) => clean(row.release.id) },
      { heading: "published", value: (row) => row.release.published }, { heading: words.column, value: (row) => row[measure] },
      { heading: "status", value: (row) => statusWords(row, measure) },
    ],
    rows,
  };
};

// Countries of one year, largest first.
const PLACES = 15;
const largest = ({ rows, measure, other, title, columns }) => {
  const top = rows.filter((row) => row[other] !== null).slice(0, PLACES);
  if (!top.length) return null;
  const made = top.map((row, at) => ({ ...barOf(row, measure), row: at, right: row.amount, name: clean(nameOf(row[other])), shown: amountWords(row, measure) }));
  // With less room names are cut shorter, so that the bars and their figures are on the screen.
  const draw = (width = WIDTH) => {
    const bars = panel("ranked", made, isPer1000() ? MEASURES[measure].title + perWords() : MEASURES[measure].panel, MEASURES[measure].column + perWords(),
      { x: [0, headroom(made.map((row) => row.right))], y: [made.length - 0.5, -0.5], ...(width < WIDTH ? { width: Math.min(spec("ranked").width, Math.round(width * 0.54)) } : {}) });
    bars.height *= made.length;
    if (isPer1000()) bars.encoding.x.axis.format = ",.3~g";
    if (width < WIDTH) bars.layer[0].mark.limit = Math.min(bars.layer[0].mark.limit, Math.round(width * 0.4));
    return framed([boxes(bars)], title, made.some((row) => row.hatched) ? [site.words.hatched] : [], { extra: inhabitantsSource(), release: releaseWords([measure]) });
  };
  return {
    name: `largest_${other}_${measure}`, title, of: releaseOf(measure), release: releaseWords([measure]),
    description: `${title}. ${made.map((row) => `${row.name} ${row.shown}`).join(", ")}. As published in release ${releaseWords([measure])}.`,
    spec: draw(), fit: draw,
    columns, rows,
  };
};

// A map: circles as large as the number, so that a large country is not a large figure.
let geometry = null;
export const map = async ({ rows, measure, other, title, columns }) => {
  if (!site.map) return null;
  geometry ??= load("map.json");
  const world = await geometry;
  const placed = rows.filter((row) => row[other] !== null && world.places[row[other]]);
  if (!placed.length) return null;
  const missing = rows.filter((row) => !world.places[row[other]]);
  const most = Math.max(...placed.map((row) => row.amount));
  const circles = placed.map((row) => ({ x: world.places[row[other]][0], y: world.places[row[other]][1], size: row.amount,
    name: clean(nameOf(row[other])), shown: amountWords(row, measure), status: statusWords(row, measure), release: clean(releaseOf(measure).id) }));
  return mapPicture({ title, world, circles, most, missing, measure, other, columns, rows });
};

// The specification of a picture for a place of so many pixels; charts of bars are made narrower there.
const MARGINS = 64;
const PADDING = 32; // px that a picture has around its title
const specOf = (picture, width = WIDTH + MARGINS) => (picture.fit ? picture.fit(Math.max(240, Math.min(WIDTH, width - MARGINS))) : picture.spec);

// ---- what a picture gives away

const spreadsheetCell = (value, separator) => {
  if (value === null || value === undefined) return "";
  let text = typeof value === "number" ? String(value) : String(value).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, "\ufffd");
  // A number as the spreadsheets that want this separator read it.
  if (typeof value === "number") return separator === ";" ? text.replace(".", ",") : text;
  if (/^[=+\-@\t\n\r]/.test(text)) text = `'${text}`;
  return /["\n\r,;]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
};
const csv = (picture, separator) => {
  const columns = picture.columns.flatMap((column) => [column, column.more ?? []].flat());
  const rows = [columns.map((column) => column.heading), ...picture.rows.map((row) => columns.map((column) => (column.plain ?? column.value)(row)))];
  const cells = rows.map((row) => row.map((value) => spreadsheetCell(value instanceof Node ? value.textContent : value, separator)).join(separator));
  const about = [spreadsheetCell(sourceSentence(picture.release), separator), spreadsheetCell(location.href, separator)];
  // The mark at the front tells Excel that this is UTF-8.
  return `\ufeff${[...cells, "", ...about].join("\r\n")}\r\n`;
};
const citation = (picture) => {
  const { words } = site;
  const title = clean(picture.title);
  const year = picture.of.published.slice(0, 4);
  const today = new Date().toISOString().slice(0, 10);
  const address = location.href;
  const key = `unhcr_${picture.of.id}_${picture.name}`.replace(/[^A-Za-z0-9]+/g, "_").toLowerCase();
  const tex = (text) => text.replace(/[\\{}]/g, "").replace(/([%&#$_~^])/g, "\\$1");
  const line = (text) => text.replace(/[\r\n]+/g, " ");
  return {
    text: `${title}. ${words.cite.replace("{release}", () => picture.release)} ${address} (accessed ${today}).`,
    bibtex: `@misc{${key},\n  author = {{UNHCR}},\n  title = {${tex(title)}},\n  howpublished = {${tex(words.database)}, release ${tex(picture.release)}},\n  year = {${year}},\n  url = {${address.replace(/[{}\\]/g, encodeURIComponent)}},\n  urldate = {${today}},\n  note = {${tex(words.licence)}}\n}`,
    ris: ["TY  - DATA", "AU  - UNHCR", `TI  - ${line(title)}`, `T2  - ${words.database}`, `ET  - release ${line(picture.release)}`, `PY  - ${year}`,
      `DA  - ${picture.of.published.replaceAll("-", "/")}`, `UR  - ${address}`, `Y2  - ${today.replaceAll("-", "/")}`, `N1  - ${words.licence}`, "ER  - "].join("\r\n"),
  };
};
const save = (content, name, type) => {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const anchor = el("a", { href: url, download: name });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
};
const fileName = (picture, ending) => [document.documentElement.dataset.code ?? document.documentElement.dataset.kind, picture.name, picture.of.id]
  .join("_").replace(/[^A-Za-z0-9._-]+/g, "_").toLowerCase() + ending;
const pngOf = (canvas) => new Promise((resolve, reject) => {
  canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the browser made no picture"))), "image/png");
});
// As on paper: wide, light, whatever the page looks like.
const still = async (picture, use) => {
  const place = el("div", { class: "unseen", "aria-hidden": "true" });
  document.body.append(place);
  try {
    const view = await embed(place, { ...specOf(picture), description: picture.description, config: site.looks.file });
    const result = await use(view);
    view.finalize();
    return result;
  } finally {
    place.remove();
  }
};
const buttons = (picture) => {
  const shown = el("div", { class: "citation", hidden: true });
  const cite = el("button", { type: "button", "aria-expanded": "false", onclick: () => {
    const made = citation(picture);
    shown.hidden = !shown.hidden;
    cite.setAttribute("aria-expanded", String(!shown.hidden));
    shown.replaceChildren(...Object.entries({ Text: made.text, BibTeX: made.bibtex, RIS: made.ris }).map(([kind, text]) => el("div", {},
      el("strong", {}, kind), " ", el("button", { type: "button", onclick: (event) => {
        navigator.clipboard?.writeText(text).then(() => { event.target.textContent = "Copied"; });
      } }, "Copy"), " ", el("button", { type: "button", onclick: () => save(text, fileName(picture, { Text: ".txt", BibTeX: ".bib", RIS: ".ris" }[kind]), "text/plain;charset=utf-8") }, "Save"),
      el("pre", { tabindex: 0 }, text))));
  } }, "Cite");
  const button = (words, act, label) => el("button", { type: "button", "aria-label": `${label}: ${picture.title}`, onclick: act }, words);
  return [el("div", { class: "buttons" },
    button("PNG", () => still(picture, async (view) => save(await pngOf(await view.toCanvas(2)), fileName(picture, ".png"), "image/png")), "Picture as PNG"),
    button("SVG", () => still(picture, async (view) => save(await view.toSVG(), fileName(picture, ".svg"), "image/svg+xml")), "Picture as SVG"),
    button("CSV", () => save(csv(picture, ","), fileName(picture, ".csv"), "text/csv;charset=utf-8"), "Figures as CSV with commas"),
    button("CSV ;", () => save(csv(picture, ";"), fileName(picture, "_semicolon.csv"), "text/csv;charset=utf-8"), "Figures as CSV with semicolons, for Excel in German"),
    cite), shown];
};

// ---- on the page

let turn = 0;
const shownNow = [];
const drawInto = async (figure, picture) => {
  const live = figure.querySelector(".live");
  const width = figure.clientWidth - 24;
  const place = el("div");
  const view = await embed(place, adapted({ ...specOf(picture, width), description: picture.description }, width < NARROW ? width - 24 : width < LEGIBLE ? width - PADDING : width, site.looks));
  place.querySelector("svg").setAttribute("aria-hidden", "true");
  live.replaceChildren(place);
  figure.view?.finalize();
  figure.view = view;
  figure.dataset.width = String(width);
  figure.dataset.look = dark.matches ? "dark" : "light";
  figure.classList.add("drawn");
  hinted(figure);
};
const putPictures = async (container, made) => {
  if (!container) return; // nothing is known that this part of the page would show
  const figures = made.filter(Boolean).map((picture) => {
    const figure = el("figure", { class: "chart", id: `chart-${picture.name}` },
      el("div", { class: "drawing", tabindex: 0, role: "region", "aria-label": `Chart: ${picture.title}` },
        el("div", { class: "live", role: "img", "aria-label": picture.description })),
      el("figcaption", {}, picture.description, ...(picture.remarks ?? []).map((remark) => el("span", { class: "remark" }, ` ${remark}`))),
      buttons(picture));
    return [figure, picture];
  });
  container.replaceChildren(...figures.map(([figure]) => figure));
  for (const [figure, picture] of figures) {
    await drawInto(figure, picture);
    shownNow.push([figure, picture]);
  }
};
const again = async (fits) => {
  for (const [figure, picture] of shownNow.filter(([one]) => one.isConnected)) if (fits(figure)) await drawInto(figure, picture);
};
dark.addEventListener("change", () => again(() => true));
let waiting;
window.addEventListener("resize", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => again((figure) => {
    const was = Number(figure.dataset.width);
    const is = figure.clientWidth - 24;
    return was !== is && Math.min(was, is) < LEGIBLE;
  }), 200);
});

const drawn = async (work) => {
  const mine = ++turn;
  await ready();
  if (mine !== turn) return;
  shownNow.splice(0, shownNow.length, ...shownNow.filter(([figure]) => figure.isConnected));
  await work(() => mine === turn);
  if (mine === turn) document.documentElement.dataset.charts = "drawn";
};

const ofPlaces = async (container, given) => {
  const { rows, measure, other, title, columns } = given;
  if (!rows.length) return container.replaceChildren();
  const bars = largest({ rows, measure, other, title, columns });
  const made = await map({ rows, measure, other, title: `${title}, on a map`, columns });
  await putPictures(container, [made, bars]);
};
const mapPicture = ({ title, world, circles, most, missing, measure, other, columns, rows }) => {
  const biggest = circles.toSorted((a, b) => b.size - a.size);
  return {
    name: `map_${other}_${measure}`, title, of: releaseOf(measure), release: releaseWords([measure]),
    description: `${title}. Circles as large as the number: ${biggest.slice(0, 8).map((one) => `${one.name} ${one.shown}`).join(", ")}${biggest.length > 8 ? `, and ${biggest.length - 8} more` : ""}. As published in release ${releaseWords([measure])}.`,
    remarks: [site.words.boundaries, missing.length ? `Not on the map: ${missing.map((row) => `${clean(nameOf(row[other]))} (${amountWords(row, measure)})`).join(", ")}.` : null].filter(Boolean),
    // As wide as there is room for: a map is not cut.
    fit: (width) => framed([{
      width, height: Math.round((world.height * width) / world.width),
      layer: [
        { data: values(world.land.map((feature) => ({ type: "Feature", geometry: { type: "MultiPolygon", coordinates: feature } }))),
          projection: { type: "identity", scale: width / world.width, translate: [0, 0] }, mark: { type: "geoshape", style: "land", aria: false, tooltip: false } },
        { data: values(biggest), projection: { type: "identity", scale: width / world.width, translate: [0, 0] },
          mark: { type: "circle", style: MEASURES[measure].style, opacity: 0.62, stroke: null, aria: false },
          encoding: { longitude: { field: "x", type: "quantitative" }, latitude: { field: "y", type: "quantitative" },
            size: { field: "size", type: "quantitative", scale: { domain: [0, most], range: [4, 2200 * (width / WIDTH) ** 2] },
              legend: { columns: 3, title: MEASURES[measure].title + perWords(), format: isPer1000() ? ",.3~g" : ",d", orient: "bottom", direction: "horizontal", values: [most, most / 4, most / 20].map((one) => Number(one.toPrecision(1))).filter((one) => one >= (isPer1000() ? 0.001 : 1)), symbolFillColor: "transparent", symbolStrokeColor: "#888888" } },
            order: { field: "size", sort: "descending" },
            tooltip: panel("ranked", [], null, MEASURES[measure].column + perWords()).encoding.tooltip } },
      ],
    }], title, [], { extra: [...inhabitantsSource(), site.words.boundaries], release: releaseWords([measure]) }),
    columns, rows,
  };
};

const ofYears = (persons, years, people) => putPictures(document.querySelector("#yearly-pictures .pictures"),
  [yearly(persons, people), byRelease(years, people, "stock"), byRelease(years, people, "claims")]);
export const ofCountry = ({ other, people, persons, years, found, placeColumns }) => drawn(async (isMine) => {
  if (persons.length) await ofYears(persons, years, people);
  if (!isMine() || !found.rows.length) return;
  await ofPlaces(document.querySelector("#place-pictures .pictures"), { rows: found.rows, measure: found.measure, other,
    title: `${titleOf(found.measure, people)}${perWords()}, ${when(found.rows[0], found.measure)}, by country of ${other}`, columns: placeColumns });
});
export const ofPair = ({ people, persons, years }) => drawn(() => ofYears(persons, years.map((row) => ({ ...row, unit: "persons" })), people));
const everybody = (people) => `${people} of all origins`;
export const ofWorld = ({ persons, years, sides }) => drawn(async (isMine) => {
  await ofYears(persons, years, everybody);
  for (const side of sides) if (isMine()) await ofPlaces(document.querySelector(`#${side.other}-pictures .pictures`), side);
});
