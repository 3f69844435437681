// The world: its years, and the countries of origin and of asylum of one year, as of any release.
import {
  CLAIMED, MEASURES, WAITING, YEAR, amounts, asOf, atLeast, byId, card, choices, current, el, firstByYear, firstWords, howToRead, isIncomplete,
  link, load, nameOf, pageOf, params, perColumns, perWords, put, rankOf, rankWords, releaseNotes, releaseOf, rowsOf, sinceCounted, site,
  status, table, takeOver, visible, when, withPictures, withoutWords,
} from "./core.js";

const data = await load("world.json");
const years = rowsOf(data);
const files = new Map();
const inYear = async (year) => {
  if (!files.has(year)) files.set(year, await load(`world/${year}.json`));
  return files.get(year);
};
const said = firstByYear(years.filter((row) => row.unit === "persons"));
const SHOWN = 15;

const render = async (live) => {
  const release = current();
  const persons = sinceCounted(asOf(years, release).filter((row) => row.unit === "persons").sort((a, b) => a.year - b.year), Object.keys(MEASURES));
  const known = site.years.filter((year) => year <= Number(release.reference_date.slice(0, 4))).toReversed();
  const year = known.includes(Number(params.get("year"))) ? Number(params.get("year")) : known[0];
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
  const columns = [YEAR, CLAIMED, WAITING, { heading: site.words.refugees_stock, kind: "bound", value: (row) => atLeast(row.refugees, row.refugees_incomplete) }];
  const focused = document.activeElement?.id;
  live.replaceChildren(
    ...releaseNotes(),
    ...(cards.length ? [el("section", { "aria-labelledby": "figures-heading" }, el("h2", { id: "figures-heading" }, "All countries together"),
      el("ul", { class: "figures" }, cards), howToRead())] : []),
    el("section", { "aria-labelledby": "countries-heading" }, el("h2", { id: "countries-heading" }, "By country"),
      choices(Object.keys(MEASURES), measure, known, year),
      ...sides.flatMap((side) => [
        el("h3", {}, side.other === "origin" ? "Where they are from" : "Where they are"),
        el("div", { id: `${side.other}-pictures` }, el("div", { class: "pictures" })),
        side.rows.length ? table(`by-${side.other}`, `${side.title} (${words.nature})`, side.columns, side.rows.slice(0, params.get(`all-${side.other}`) ? undefined : SHOWN))
          : el("p", {}, `Release ${visible(releaseOf(measure).id)} has no such figures by country of ${side.other} for ${year}.`),
        ...rankWords(side.rows, measure),
        ...withoutWords(side.without, side.other, measure),
        side.rows.length > SHOWN && !params.get(`all-${side.other}`) ? el("p", {}, el("button", { type: "button", onclick: () => put({ [`all-${side.other}`]: 1 }) }, `Show all ${side.rows.length}`)) : null,
      ].filter(Boolean))),
    ...(persons.length ? [el("section", { "aria-labelledby": "charts-heading", id: "yearly-pictures" }, el("h2", { id: "charts-heading" }, "Year by year"),
      el("div", { class: "pictures" }), table("years", "The world by year, newest first", columns, persons.toReversed()))] : []),
  );
  if (focused) byId(focused)?.focus();
  withPictures((module) => module.ofWorld({ persons, years, sides }));
};

await takeOver(render);
