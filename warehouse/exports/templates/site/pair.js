// One country of origin and one country of asylum, as the address names them.
import {
  MEASURES, asOf, atLeast, byId, card, current, el, firstByYear, hasPage, howToRead, inAsylum, isBroken, isIncomplete, link, load, newest, noLater, ofOrigin,
  pageOf, params, releaseNotes, rowsOf, show, sinceCounted, site, stem, table, takeOver, visible, withPictures, yearColumns,
} from "./core.js";

const origin = params.get("origin") ?? "";
const asylum = params.get("asylum") ?? "";
const known = hasPage("origin", origin);
const data = known ? await load(`origin/${stem(origin)}.json`) : null;
const all = data ? rowsOf(data.pairs).filter((row) => row.asylum === asylum) : [];
const people = (noun) => inAsylum(ofOrigin(noun, origin), asylum);
const said = firstByYear(all);
// In no figure of the pair, and of the newest release, as it says itself.
const unrwa = site.unrwa[origin]?.[asylum];
const [othersOn, others] = site.others[origin]?.[asylum] ?? [];
// Of a figure that is known, whether its change is one of reporting; of no country neither is told.
const isTold = (row, measure) => origin !== site.unknown && row[measure] !== null && isBroken(row, measure);
const breaksIn = (row) => Object.keys(MEASURES).filter((measure) => isTold(row, measure)).map((measure) => `${MEASURES[measure].title}: ${site.words.break}`).join("; ");

const render = async (live) => {
  if (!known || !all.length) {
    live.replaceChildren(...releaseNotes(), el("p", {}, el("strong", {}, known && asylum ? `There are no figures here of ${people("people")}.`
      : "A link to this page names a country of origin and a country of asylum: choose both from a country's page.")));
    return;
  }
  document.title = people("People");
  byId("title").textContent = people("People");
  const rows = sinceCounted(asOf(all, current()).sort((a, b) => a.year - b.year), Object.keys(MEASURES));
  const columns = [
    ...yearColumns(said),
    { heading: site.words.refugees_stock, kind: "bound", value: (row) => atLeast(row.refugees, row.refugees_incomplete) },
    ...(rows.some(breaksIn) ? [{ heading: "Remarks", value: breaksIn }] : []),
  ];
  const cards = ["claims", "stock", "refugees"].map((measure) => {
    const row = rows.filter((one) => one[measure] !== null).at(-1);
    if (!row || !rows.some((one) => one[measure])) return null;
    const notes = [...noLater(row.year, measure), origin === site.unknown ? site.words.unknown_origin : null,
      isTold(row, measure) ? site.words.not_comparable.replace("{year}", row.year - 1) : null, isIncomplete(row, measure) ? site.words.incomplete : null,
      measure === "stock" && row.carried ? `of them ${show(row.carried, "count")} ${site.words.unchanged}` : null].filter(Boolean);
    return card(row, measure, notes);
  }).filter(Boolean);
  live.replaceChildren(
    ...releaseNotes(),
    el("section", { "aria-labelledby": "figures-heading" }, el("h2", { id: "figures-heading" }, "Headline figures"),
      cards.length ? el("ul", { class: "figures" }, cards) : el("p", {}, `Release ${visible(current().id)} has no such figures.`),
      howToRead(),
      others ? el("p", { id: "others" }, site.words.others.replace("{day}", show(othersOn, "day")).replace("{count}", show(others, "count"))
        .replace("{people}", () => people("people")).replace("{release}", () => visible(newest.id))) : null,
      unrwa ? el("p", { id: "unrwa" }, unrwa) : null,
      el("p", {}, el("a", { href: link(pageOf("origin", origin)) }, `All ${ofOrigin("people", origin)}`), " · ",
        hasPage("asylum", asylum) ? el("a", { href: link(pageOf("asylum", asylum)) }, `All ${inAsylum("people", asylum)}`) : null)),
    el("section", { "aria-labelledby": "charts-heading", id: "yearly-pictures" }, el("h2", { id: "charts-heading" }, "Year by year"),
      el("div", { class: "pictures" }), table("years", `${people("People")} by year, newest first`, columns, rows.toReversed())),
  );
  withPictures((module) => module.ofPair({ people, persons: rows, years: all }));
};

await takeOver(render);
