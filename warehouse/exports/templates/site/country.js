// A country of origin, or a country of asylum: its years, and its pairs, as of any release.
import {
  MEASURES, NOT_KNOWN, amounts, asOf, atLeast, byId, card, choices, current, el, estimate, firstByYear, firstCell, firstIn, firstSaid, firstWords, hasPage, howToRead, inAsylum, inYear, isBroken, isIncomplete, link, load,
  nameOf, noLater, ofOrigin, pageOf, params, perColumns, perWords, plural, put, rankOf, rankWords, releaseNotes, releaseOf, ROOT, rowsOf, show, sinceCounted, site, status, stem, table, takeOver, titleOf, visible, when,
  withFigures, withPictures, withoutWords, yearColumns,
} from "./core.js";

const { side, code } = document.documentElement.dataset;
const other = side === "origin" ? "asylum" : "origin";
const name = visible(nameOf(code));
const data = await load(`${side}/${stem(code)}.json`);
const years = rowsOf(data.years);
const pairs = rowsOf(data.pairs);
const records = rowsOf(data.records);
const since = rowsOf(data.since);
const said = firstByYear(years.filter((row) => row.unit === "persons"));
const people = (noun) => (side === "origin" ? ofOrigin(noun, code) : inAsylum(noun, code));
const isUnknown = code === site.unknown;

// Of countries of asylum it is known which years are lower bounds, and not how much they lack.
const mayBeHigher = (measure, counted, top) => (side === "origin" ? asOf(records, current()).some((one) => one.measure === measure)
  : counted.some((one) => isIncomplete(one, measure) && one[measure] < top[measure]));
const highest = (measure, counted, top, row) => {
  // Nothing is the highest of one year alone; UNHCR writes zeros for years before it counted.
  if (top === row && counted.filter((one) => one[measure]).length < 2) return [];
  const words = `highest${mayBeHigher(measure, counted, top) ? "_reported" : ""}${top === row ? "_so_far" : ""}`;
  // Where the first years of the measure are not loaded, it is the highest of the others.
  const begun = asOf(since, current()).find((one) => one.measure === measure);
  const told = begun ? site.words.since.replace("{year}", begun.year) : "";
  return [site.words[words].replace("{since}", told && ` ${told}`).replace("{so_far}", told || site.words.so_far)
    .replace("{value}", `${isIncomplete(top, measure) ? "at least " : ""}${show(top[measure], "count")}`).replace("{year}", top.year)];
};

// That cases are among the people who claimed asylum, where these are persons and cases exactly.
const casesAsPersons = (row, ofCases) => {
  const counted = ofCases?.applications;
  if (side !== "asylum" || !counted || row.claims !== (row.applications ?? 0) + counted || counted < row.claims * site.worth_naming
    || ofCases.applications_provisional !== row.claims_provisional) return [];
  return [site.words.cases_as_persons.replace("{cases}", show(counted, "count"))];
};
// The rate of the unit that more decisions are counted in, and that of the other beside it.
const rateCard = (persons, cases) => {
  const rated = [...persons, ...cases.values()].filter((row) => row.recognition !== null);
  if (!rated.length) return null;
  const year = Math.max(...rated.map((row) => row.year));
  // The units of a year, that with more decisions first; the other only where it is worth naming.
  const unitsOf = (of) => rated.filter((one) => one.year === of).sort((a, b) => b.decided - a.decided)
    .filter((one, at, all) => one.decided >= all[0].decided * site.worth_naming);
  const [row, other] = unitsOf(year);
  const names = (of) => ["persons", "cases"].filter((unit) => unitsOf(of).some((one) => one.unit === unit)).join(" and ");
  const before = names(year - 1);
  const decisions = (one) => plural(one.decided, "substantive decision", "substantive decisions");
  const notes = [
    ...noLater(year, "decisions"),
    `of ${decisions(row)}, ${row.unit}`,
    row.protection !== null ? `with complementary protection: ${show(row.protection, "share")} (Total Protection Rate)` : null,
    row.few_decisions ? "on fewer than 10 decisions" : null,
    other ? site.words.other_unit.replace("{rate}", show(other.recognition, "share"))
      .replace("{decisions}", decisions(other)).replace("{unit}", other.unit) : null,
    before && before !== names(year) ? site.words.other_units_before.replace("{year}", year - 1).replace("{units}", before) : null,
  ].filter(Boolean);
  const within = `${row.decisions_provisional ? "the first half of " : ""}${row.year}`;
  return el("li", { "data-measure": "recognition" }, el("strong", {}, show(row.recognition, "share")), " ",
    `Refugee Recognition Rate in ${within}: recognised as refugees, out of substantive decisions`, el("br"),
    el("span", { class: "nature" }, `rate${row.decisions_provisional ? ", provisional" : ""}`), el("ul", {}, notes.map((note) => el("li", {}, note))));
};

const figures = (persons, cases) => {
  const cards = [];
  for (const measure of ["claims", "stock", "refugees"]) {
    const counted = persons.filter((row) => row[measure] !== null);
    const row = counted.at(-1);
    if (!row || !counted.some((one) => one[measure])) continue;
    const earlier = persons.find((one) => one.year === row.year - 1);
    const before = earlier?.[measure];
    const notes = [...noLater(row.year, measure), ...(measure === "claims" ? casesAsPersons(row, cases.get(row.year)) : [])];
    // Of no country nothing is told as more or fewer. Half a year is not compared with a whole one.
    if (isUnknown) notes.push(site.words[`unknown_${side}`]);
    else if (before !== null && before !== undefined && !(measure === "claims" && row.claims_provisional)) {
      const change = row[measure] - before;
      const rate = before ? ` (${show(change / before, "change_rate")})` : "";
      const small = row[`${measure}_small`] ? ", a small count" : "";
      // What is missing on either side is missing in the change.
      const part = isIncomplete(row, measure) || isIncomplete(earlier, measure) ? `, ${site.words.of_reported}` : "";
      const told = change ? `${show(change, "change")}${rate} on ${row.year - 1}${part}${small}` : `as many as in ${row.year - 1}${part}`;
      // A change that is not comparable is none of people, and is not told as one.
      notes.push(isBroken(row, measure) ? site.words.not_comparable.replace("{year}", row.year - 1) : told);
    }
    const top = counted.reduce((most, one) => (one[measure] > most[measure] ? one : most));
    if (!isUnknown) notes.push(...highest(measure, counted, top, row));
    if (measure === "refugees" && byId("unrwa-heading")) notes.push(el("a", { href: "#unrwa-heading" }, site.words.without_unrwa));
    const begun = said[measure](row);
    if (begun && begun.value !== row[measure]) {
      notes.push(firstWords(begun, measure));
    }
    if (measure === "stock" && row.carried) notes.push(`of them ${show(row.carried, "count")} ${site.words.unchanged}`);
    if (isIncomplete(row, measure)) notes.push(isUnknown ? site.words.incomplete_unknown : site.words.incomplete);
    if (estimate(row, measure)) notes.push(estimate(row, measure));
    cards.push(card(row, measure, notes));
  }
  const rate = rateCard(persons, cases);
  if (rate) cards.splice(2, 0, rate);
  return cards.length ? el("ul", { class: "figures" }, cards)
    : el("p", {}, el("strong", {}, `Release ${visible(current().id)} has no figures of ${people("people")} who seek asylum.`));
};

const yearsTable = (persons, cases) => {
  const heading = site.words;
  const columns = [
    ...yearColumns(said),
    { heading: heading.refugees_stock, kind: "bound", value: (row) => atLeast(row.refugees, row.refugees_incomplete) },
    { heading: heading.applications_new, kind: "bound", value: (row) => inYear(atLeast(row.applications, row.claims_incomplete), row.applications_provisional) },
    { heading: heading.applications_new_cases, kind: "bound", value: (row) => inYear(show(cases.get(row.year)?.applications, "count"), cases.get(row.year)?.applications_provisional) },
    { heading: heading.refugee_recognition_rate, kind: "bound", value: (row) => inYear(show(row.recognition, "share"), row.decisions_provisional) },
    { heading: heading.refugee_recognition_rate_cases, kind: "bound", value: (row) => inYear(show(cases.get(row.year)?.recognition, "share"), cases.get(row.year)?.decisions_provisional) },
  ];
  const isKnown = (value) => value instanceof Node || (value !== null && value !== undefined && value !== "" && value !== NOT_KNOWN);
  // A year of which nothing is known has no row, and what is known of no year no column.
  const rows = persons.toReversed().filter((row) => columns.slice(1).some((column) => isKnown(column.value(row))));
  const known = columns.filter((column, index) => !index || rows.some((row) => isKnown(column.value(row))));
  return table("years", `${name} by year, newest first`, known, rows);
};

// ---- by country of asylum, or of origin, in one year

const placesOf = async (shown) => {
  const persons = shown.filter((row) => Object.keys(MEASURES).some((measure) => row[measure]));
  const known = [...new Set(persons.map((row) => row.year))].sort((a, b) => b - a);
  const wanted = params.get("measure");
  const yearsOf = (of) => known.filter((year) => persons.some((row) => row.year === year && row[of]));
  // What has rows, and of it the first with the newest year, where the address names none.
  const measures = Object.keys(MEASURES).filter((one) => yearsOf(one).length);
  const measure = measures.includes(wanted) ? wanted : measures.reduce((best, one) => (best && yearsOf(best)[0] >= yearsOf(one)[0] ? best : one), null);
  const missing = Object.hasOwn(MEASURES, wanted) && wanted !== measure ? wanted : null;
  if (!measure) return { measure: "stock", measures, missing, year: null, years: [], total: 0, rows: [], without: [] };
  const counted = yearsOf(measure);
  const year = counted.includes(Number(params.get("year"))) ? Number(params.get("year")) : counted[0];
  const ofYear = persons.filter((row) => row.year === year && row[measure]);
  const compared = await amounts(ofYear, measure, other, year);
  const total = compared.rows.reduce((sum, row) => sum + row[measure], 0);
  return { measure, measures, missing, year, years: counted, total, ...compared };
};

const placeColumns = (found) => {
  const begun = firstSaid(pairs, [other, "year"], found.measure);
  return [
    { heading: other === "asylum" ? "Country of asylum" : "Country of origin", plain: (row) => nameOf(row[other]), value: (row) => place(row) },
    { heading: "Rank", kind: "count", value: (row) => rankOf(row, found.rows, other) },
    ...perColumns(found.measure),
    { heading: MEASURES[found.measure].column, kind: "bound", plain: (row) => row[found.measure], value: (row) => atLeast(row[found.measure], isIncomplete(row, found.measure)) },
    { heading: "Share of what is shown", kind: "share", value: (row) => row[found.measure] / found.total },
    { heading: "First published as", kind: "bound", plain: (row) => begun(row)?.value, value: (row) => firstCell(row, found.measure, begun(row)),
      // Two columns of a file, where the one would be number and words in one cell.
      more: { heading: "First published in", value: (row) => firstIn(found.measure, begun(row)) } },
    { heading: "Remarks", value: (row) => status(row, found.measure).join("; ") },
  ];
};
const place = (row) => {
  if (row[other] === null) return document.createTextNode(nameOf(null));
  const pair = { [side]: code, [other]: row[other] };
  return el("a", { href: link(`${ROOT}pair.html`, { origin: pair.origin, asylum: pair.asylum }) }, visible(nameOf(row[other])));
};

const SHOWN = 25;
const placesSection = (found) => {
  const absent = found.missing ? [el("p", {}, `Release ${visible(releaseOf(found.missing).id)} has no ${titleOf(found.missing, people).replace(/^./, (c) => c.toLowerCase())}.`)] : [];
  if (!found.rows.length) return [...absent, ...withoutWords(found.without, other, found.measure)];
  const words = MEASURES[found.measure];
  const caption = `${titleOf(found.measure, people)}${perWords()}, by country of ${other}, ${when(found.rows[0], found.measure)} (${words.nature})`;
  const columns = placeColumns(found);
  const shown = params.get("all") ? found.rows : found.rows.slice(0, SHOWN);
  return [
    ...absent,
    el("p", {}, withFigures(found.rows, other, found.measure)),
    table("places", caption, columns, shown),
    ...rankWords(found.rows, found.measure),
    ...withoutWords(found.without, other, found.measure),
    found.rows.length > SHOWN && !params.get("all")
      ? el("p", {}, el("button", { type: "button", id: "all", onclick: () => put({ all: 1 }) }, `Show all ${found.rows.length}`)) : null,
  ];
};

const otherSide = () => {
  if (!hasPage(other, code)) return null;
  const words = side === "asylum" ? `${ofOrigin("People", code)} who seek asylum abroad` : inAsylum("People who seek asylum", code);
  return el("p", {}, el("a", { href: link(pageOf(other, code)) }, words));
};

const render = async (live) => {
  const release = current();
  const shownYears = asOf(years, release);
  const cases = new Map(shownYears.filter((row) => row.unit === "cases").map((row) => [row.year, row]));
  const persons = sinceCounted(shownYears.filter((row) => row.unit === "persons").sort((a, b) => a.year - b.year), ["stock", "claims", "refugees", "applications"]);
  const found = await placesOf(asOf(pairs, release));
  const focused = document.activeElement?.id;
  live.replaceChildren(
    ...releaseNotes(),
    el("section", { "aria-labelledby": "figures-heading" }, el("h2", { id: "figures-heading" }, "Headline figures"), figures(persons, cases),
      howToRead(), otherSide()),
    persons.length ? el("section", { "aria-labelledby": "charts-heading", id: "yearly-pictures" }, el("h2", { id: "charts-heading" }, "Year by year"), el("div", { class: "pictures" }),
      el("details", { class: "figures-of", open: true }, el("summary", {}, "The figures"), yearsTable(persons, cases))) : "",
    !found.measures.length ? "" : el("section", { "aria-labelledby": "places-heading", id: "place-pictures" }, el("h2", { id: "places-heading" }, side === "origin" ? "Where they are" : "Where they are from"),
      choices(found.measures, found.measure, found.years, found.year), el("div", { class: "pictures" }), ...placesSection(found).filter(Boolean)),
  );
  if (focused) byId(focused)?.focus();
  withPictures((module) => module.ofCountry({ other, people, persons, years, found, placeColumns: placeColumns(found) }));
};

await takeOver(render);
