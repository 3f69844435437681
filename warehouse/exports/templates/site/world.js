// The world: its years, and the countries of origin and of asylum of one year, as of any release.
import {
  MEASURES, amounts, asOf, atLeast, byId, card, claimsIn, current, el, firstSaid, firstWords, howToRead, isIncomplete,
  link, load, nameOf, pageOf, params, perChoice, perColumns, perWords, put, rankOf, rankWords, releaseNotes, releaseOf, rowsOf, sinceCounted, site,
  status, table, takeOver, visible, when, withoutWords,
} from "./core.js";

const data = await load("world.json");
const years = rowsOf(data);
const files = new Map();
const inYear = async (year) => {
  if (!files.has(year)) files.set(year, await load(`world/${year}.json`));
  return files.get(year);
};
const said = Object.fromEntries(Object.keys(MEASURES).map((measure) => [measure, firstSaid(years.filter((row) => row.unit === "persons"), ["year"], measure)]));
let pictures = null;
const SHOWN = 15;

const choice = (id, options, value) => {
  const select = el("select", { id, onchange: () => put({ [id]: select.value }) },
    options.map(([key, words]) => el("option", { value: key }, words)));
  select.value = String(value);
  return select;
};

const render = async (live) => {
  const release = current();
  const persons = sinceCounted(asOf(years, release).filter((row) => row.unit === "persons").sort((a, b) => a.year - b.year), Object.keys(MEASURES));
  const choices = site.years.filter((year) => year <= Number(release.reference_date.slice(0, 4))).toReversed();
  const year = choices.includes(Number(params.get("year"))) ? Number(params.get("year")) : choices[0];
  const measure = Object.hasOwn(MEASURES, params.get("measure")) ? params.get("measure") : "stock";
  const words = MEASURES[measure];
  const file = year === undefined ? {} : await inYear(year);
  const sides = await Promise.all(["origin", "asylum"].map(async (other) => {
    const all = asOf(rowsOf(file[other]), release).filter((row) => row[measure]).map((row) => ({ ...row, year, [other]: row.country }));
    const { rows, without } = await amounts(all, measure, other, year);
    const total = rows.reduce((sum, row) => sum + row[measure], 0);
    const columns = [
      { heading: other === "origin" ? "Country of origin" : "Country of asylum", plain: (row) => nameOf(row.country),
        value: (row) => el("a", { href: link(pageOf(other, row.country)) }, visible(nameOf(row.country))) },
      { heading: "Rank", kind: "count", value: (row) => rankOf(row, rows, "country") },
      ...perColumns(measure),
      { heading: words.column, kind: "bound", plain: (row) => row[measure], value: (row) => atLeast(row[measure], isIncomplete(row, measure)) },
      { heading: "Share of what is shown", kind: "share", value: (row) => row[measure] / total },
      { heading: "Remarks", value: (row) => status(row, measure).join("; ") },
    ];
    return { other, rows, without, measure, columns, title: rows.length ? `${words.title}${perWords()}, ${when(rows[0], measure)}, by country of ${other}` : "" };
  }));
  const cards = ["claims", "stock", "refugees"].map((one) => {
    const row = persons.filter((found) => found[one] !== null).at(-1);
    if (!row) return null;
    const begun = said[one](row);
    const notes = [begun && begun.value !== row[one] ? firstWords(begun, one) : null,
      isIncomplete(row, one) ? site.words.incomplete : null,
      one === "refugees" && byId("unrwa-heading") ? el("a", { href: "#unrwa-heading" }, site.words.without_unrwa) : null].filter(Boolean);
    return card(row, one, notes);
  }).filter(Boolean);
  const columns = [
    { heading: site.words.year, value: (row) => `${row.year}${row.stock_provisional ? " (30 June, provisional)" : ""}` },
    { heading: site.words.claimed, kind: "bound", value: claimsIn },
    { heading: site.words.waiting, kind: "bound", value: (row) => atLeast(row.stock, row.stock_incomplete) },
    { heading: site.words.refugees_stock, kind: "count", value: (row) => row.refugees },
  ];
  const focused = document.activeElement?.id;
  live.replaceChildren(
    ...releaseNotes(),
    ...(cards.length ? [el("section", { "aria-labelledby": "figures-heading" }, el("h2", { id: "figures-heading" }, "All countries together"),
      el("ul", { class: "figures" }, cards), howToRead())] : []),
    el("section", { "aria-labelledby": "countries-heading" }, el("h2", { id: "countries-heading" }, "By country"),
      el("form", { class: "filter", onsubmit: (event) => event.preventDefault() },
        el("div", { class: "field" }, el("label", { for: "measure" }, "What is counted"), choice("measure", Object.entries(MEASURES).map(([key, one]) => [key, one.title]), measure)),
        el("div", { class: "field" }, el("label", { for: "year" }, "Year"), choice("year", choices.map((one) => [one, String(one)]), year)),
        perChoice()),
      ...sides.flatMap((side) => [
        el("h3", {}, side.other === "origin" ? "Where they are from" : "Where they are"),
        el("div", { id: `${side.other}-pictures` }, el("div", { class: "pictures" })),
        side.rows.length ? table(`by-${side.other}`, `${side.title} (${words.nature})`, side.columns, side.rows.slice(0, params.get(`all-${side.other}`) ? undefined : SHOWN))
          : el("p", {}, `Release ${visible(releaseOf(measure).id)} has no such figures by country of ${side.other} for ${year}.`),
        ...rankWords(side.rows, measure),
        ...withoutWords(side.without, side.other),
        side.rows.length > SHOWN && !params.get(`all-${side.other}`) ? el("p", {}, el("button", { type: "button", onclick: () => put({ [`all-${side.other}`]: 1 }) }, `Show all ${side.rows.length}`)) : null,
      ].filter(Boolean))),
    ...(persons.length ? [el("section", { "aria-labelledby": "charts-heading", id: "yearly-pictures" }, el("h2", { id: "charts-heading" }, "Year by year"),
      el("div", { class: "pictures" }), table("years", "The world by year, newest first", columns, persons.toReversed()))] : []),
  );
  if (focused) byId(focused)?.focus();
  document.documentElement.dataset.charts = "waiting";
  pictures ??= import("./pictures.js");
  pictures.then((module) => module.ofWorld({ persons, years, sides })).catch((error) => console.error(error));
};

await takeOver(render);
