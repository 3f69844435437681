// One country of origin and one country of asylum, as the address names them.
import {
  MEASURES, asOf, atLeast, byId, card, current, el, firstCell, firstSaid, fromWords, hasPage, inWords, isIncomplete, link, load, pageOf,
  params, releaseNotes, rowsOf, show, sinceCounted, site, stem, table, takeOver, visible, yearWords,
} from "./core.js";

const origin = params.get("origin") ?? "";
const asylum = params.get("asylum") ?? "";
const known = hasPage("origin", origin);
const data = known ? await load(`origin/${stem(origin)}.json`) : null;
const all = data ? rowsOf(data.pairs).filter((row) => row.asylum === asylum) : [];
const people = `${fromWords(origin)} ${inWords(asylum)}`;
const said = Object.fromEntries(Object.keys(MEASURES).map((measure) => [measure, firstSaid(all, ["year"], measure)]));
let pictures = null;

const first = (row, measure) => firstCell(said[measure](row), row, measure);

const render = async (live) => {
  if (!known || !all.length) {
    live.replaceChildren(...releaseNotes(), el("p", {}, el("strong", {}, known ? `There are no figures here of people ${people}.`
      : "A link to this page names a country of origin and a country of asylum: choose both from a country's page.")));
    return;
  }
  document.title = `People ${people}`;
  byId("title").textContent = `People ${people}`;
  const rows = sinceCounted(asOf(all, current()).sort((a, b) => a.year - b.year), Object.keys(MEASURES));
  const heading = site.words;
  const columns = [
    { heading: heading.year, value: yearWords },
    { heading: heading.claimed, kind: "bound", value: (row) => atLeast(row.claims, row.claims_incomplete) },
    { heading: "First published as", kind: "bound", value: (row) => first(row, "claims") },
    { heading: heading.waiting, kind: "bound", value: (row) => atLeast(row.stock, row.stock_incomplete) },
    { heading: "First published as", kind: "bound", value: (row) => first(row, "stock") },
    { heading: "Of them carried forward from the year before", kind: "count", value: (row) => row.carried },
    { heading: heading.refugees_stock, kind: "count", value: (row) => row.refugees },
  ];
  const cards = ["claims", "stock", "refugees"].map((measure) => {
    const row = rows.filter((one) => one[measure] !== null).at(-1);
    if (!row || !rows.some((one) => one[measure])) return null;
    const notes = [isIncomplete(row, measure) ? site.words.incomplete : null,
      measure === "stock" && row.carried ? `of them ${show(row.carried, "count")} carried forward from the year before` : null].filter(Boolean);
    return card(row, measure, notes);
  }).filter(Boolean);
  live.replaceChildren(
    ...releaseNotes(),
    el("section", { "aria-labelledby": "figures-heading" }, el("h2", { id: "figures-heading" }, "Headline figures"),
      cards.length ? el("ul", { class: "figures" }, cards) : el("p", {}, `Release ${visible(current().id)} has no such figures.`),
      el("p", { class: "quiet" }, site.words.stock_and_flow),
      el("p", {}, el("a", { href: link(pageOf("origin", origin)) }, `All people ${fromWords(origin)}`), " · ",
        hasPage("asylum", asylum) ? el("a", { href: link(pageOf("asylum", asylum)) }, `All people ${inWords(asylum)}`) : null)),
    el("section", { "aria-labelledby": "charts-heading", id: "yearly-pictures" }, el("h2", { id: "charts-heading" }, "Year by year"),
      el("div", { class: "pictures" }), table("years", `People ${people} by year, newest first`, columns, rows.toReversed())),
  );
  document.documentElement.dataset.charts = "waiting";
  pictures ??= import("./pictures.js");
  pictures.then((module) => module.ofPair({ people, persons: rows, years: all })).catch((error) => console.error(error));
};

await takeOver(render);
