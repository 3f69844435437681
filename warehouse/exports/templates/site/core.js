// What every page of the site uses: elements, numbers as the project writes them, the address,
// the data files, and figures as of a release. Text of data becomes text nodes and nothing else.

// ---- elements

export const el = (name, given = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
};
export const byId = (id) => document.getElementById(id);

// ---- numbers and days, written as warehouse/core/wording.py writes them

const NO_BREAK = "\u00a0";
export const NOT_KNOWN = "–";
const MINUS = "−";
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August",
  "September", "October", "November", "December"];
const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]/g;

export const visible = (text) => String(text).replace(/[\t\r\n\u2028\u2029]+/g, " ").replace(UNSEEN, "\ufffd");
const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ",");
// To whole numbers, tenths or hundredths. What lies exactly between two goes to the even one, as in
// Python; of tenths only quarters can, of hundredths only eighths.
const rounded = (value, places) => {
  if (places === 2 && Number.isInteger(value * 8) && !Number.isInteger(value * 4)) {
    const down = Math.floor(value * 100);
    return ((down + (down % 2)) / 100).toFixed(2);
  }
  if (places === 1 && Number.isInteger(value * 4) && !Number.isInteger(value * 2)) {
    const down = Math.floor(value * 10);
    return ((down + (down % 2)) / 10).toFixed(1);
  }
  if (places === 0 && value % 1 === 0.5) return String(2 * Math.round(value / 2));
  return value.toFixed(places);
};
const percent = (fraction, sign) => {
  const value = Math.abs(fraction * 100);
  const text = Math.abs(fraction) < 10 ? rounded(value, 1) : grouped(rounded(value, 0));
  const mark = fraction < 0 ? MINUS : sign ? "+" : "";
  return `${mark}${text}${NO_BREAK}%`;
};
const WRITTEN = {
  text: (value) => visible(value),
  year: (value) => String(value),
  count: (value) => (value < 0 ? "-" : "") + grouped(String(Math.abs(value))),
  change: (value) => (value ? (value < 0 ? MINUS : "+") + grouped(String(Math.abs(value))) : "0"),
  share: (value) => (value > 0 && value < 0.0005 ? `under 0.1${NO_BREAK}%` : percent(value, false)),
  change_rate: (value) => (value && Math.abs(value) < 0.0005 ? WRITTEN.share(Math.abs(value)) : percent(value, true)),
  per_1000: (value) => {
    if (value > 0 && value < 0.005) return "under 0.01";
    const [whole, part] = rounded(value, 2).split(".");
    return `${grouped(whole)}.${part}`;
  },
  day: (iso) => {
    const [year, month, day] = String(iso).slice(0, 10).split("-").map(Number);
    return [day, MONTHS[month - 1], year].join(NO_BREAK);
  },
};
export const show = (value, kind = "text") =>
  value === null || value === undefined ? NOT_KNOWN : WRITTEN[kind](value);
// Of a lower bound that is shown as under something, no more is known than that it is not zero.
export const atLeast = (value, isIncomplete, kind = "count") => {
  const words = show(value, kind);
  if (value === null || value === undefined || !isIncomplete) return words;
  return words.startsWith("under ") ? "over 0" : `≥${NO_BREAK}${words}`;
};
export const plural = (count, one, many) => `${show(count, "count")}${NO_BREAK}${count === 1 ? one : many}`;

// ---- the address: all that a link must carry to show what the sender saw

const page = document.documentElement.dataset;
export const ROOT = page.root;
export const params = new URLSearchParams(location.search);
let redraw = () => {};
export const put = (values, { quiet = false } = {}) => {
  for (const [key, value] of Object.entries(values)) {
    if (value === null || value === undefined || value === "") params.delete(key);
    else params.set(key, String(value));
  }
  const query = params.toString();
  history.replaceState(null, "", `${location.pathname}${query ? `?${query}` : ""}${location.hash}`);
  markLinks();
  if (!quiet) redraw();
};

// A file is named after a country's code; what is no letter, digit or underscore is written as its number.
export const stem = (code) => Array.from(code).map((c) => (/[A-Za-z0-9_]/.test(c) ? c : `-${c.codePointAt(0).toString(16)}`)).join("");
export const pageOf = (side, code) => `${ROOT}${side}/${stem(code)}.html`;
export const link = (path, given = {}) => {
  const query = new URLSearchParams(given);
  if (params.get("release")) query.set("release", params.get("release"));
  return `${path}?${query}`;
};
// Links within the site keep the release that is shown.
const markLinks = () => {
  for (const anchor of document.querySelectorAll("a[data-keeps]")) {
    const url = new URL(anchor.href);
    if (params.get("release")) url.searchParams.set("release", params.get("release"));
    anchor.href = url.href;
  }
};

// ---- data

export const load = async (path) => {
  const url = `${ROOT}data/${path}?v=${page.version}`;
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${path}: the server answers ${answer.status}`);
  return answer.json();
};

export const site = await load("index.json");
const { marks: MARKS } = site;
const number = new Map(site.days.map((day, index) => [day, index]));
export const releases = site.releases.map((release) => ({ ...release, day: number.get(release.from) }));
export const newest = releases[releases.length - 1];
const releaseOfDay = (day) => releases.findLast((release) => release.day <= day);
const asked = params.get("release");
const unknownRelease = asked && !releases.some((release) => release.id === asked) ? asked : null;
export const current = () => releases.find((release) => release.id === params.get("release")) ?? newest;
// The release that what is shown of a measure is of: where the flows of a release are held back, they are of an earlier one.
export const releaseOf = (measure) => (measure === "claims" && releases.find((release) => release.id === current().flows)) || current();
export const hasFlows = (release) => !release.flows || release.flows === release.id;
export const nameOf = (code) => (code === null ? "not itemised by country" : (Object.hasOwn(site.names, code) ? site.names[code] : code));
// "the Russian Federation", after "from" and "in".
const within = (code) => visible(Object.hasOwn(site.names_within, code) ? site.names_within[code] : nameOf(code));
const paged = { origin: new Set(site.sides.origin), asylum: new Set(site.sides.asylum) };
// People of unknown origin and stateless people are from no country, so they hold no place among countries.
const unranked = new Set(site.unranked);
export const rankOf = (row, rows, key) => (row[key] === null || unranked.has(row[key]) ? null
  : rows.filter((one) => one[key] !== null && !unranked.has(one[key]) && one.amount > row.amount).length + 1);
// "people from China", "stateless people": what warehouse/core/wording.py writes of an origin.
export const ofOrigin = (people, code) => {
  if (!Object.hasOwn(site.of_no_country, code)) return `${people} from ${within(code)}`;
  const said = site.of_no_country[code].replace("{}", () => people[0].toLowerCase() + people.slice(1));
  return people[0] === people[0].toUpperCase() ? said[0].toUpperCase() + said.slice(1) : said;
};
// "people in Germany".
export const inAsylum = (people, code) => `${people} in ${code === "UKN" ? "an unknown country" : within(code)}`;
// Beside a number of countries: the people who are of none of them, or in none.
const isCountry = (code) => code !== null && !Object.hasOwn(site.of_no_country, code);
const ofNone = (rows, key, measure) => rows.filter((row) => !isCountry(row[key])).map((row) => `${atLeast(row[measure], isIncomplete(row, measure))} ${row[key] === null
  ? nameOf(null) : (key === "origin" ? ofOrigin : inAsylum)(row[measure] === 1 ? "person" : "people", row[key])}`);
const countriesOf = (rows, key) => { const count = rows.filter((row) => isCountry(row[key])).length; return plural(count, `country of ${key}`, `countries of ${key}`); };
export const withFigures = (rows, key, measure) => {
  const others = ofNone(rows, key, measure).join(", ");
  const release = visible(releaseOf(measure).id);
  if (others && !rows.some((row) => isCountry(row[key]))) return `Such figures in release ${release} are of no country: ${others}.`;
  return `${countriesOf(rows, key)} with such figures in release ${release}${others ? `; of no country: ${others}` : ""}.`;
};
export const hasPage = (side, code) => paged[side].has(code);

// Rows of a file, as objects; `began` and `ended` are positions in site.days.
export const rowsOf = (table) => {
  if (!table) return [];
  const names = Object.keys(table);
  return table.began.map((_, index) => {
    const row = {};
    for (const name of names) row[name] = table[name][index];
    for (const [mark, bit] of Object.entries(MARKS)) row[mark] = (row.marks & bit) !== 0;
    return row;
  });
};
export const standsAt = (row, day) => row.began <= day && (row.ended === null || day < row.ended);
export const asOf = (rows, release) => rows.filter((row) => standsAt(row, release.day));

// What a figure was when a release first had it: {value, release}, among the releases loaded.
export const firstSaid = (rows, keys, measure) => {
  const found = new Map();
  for (const row of rows) {
    if (row[measure] === null) continue;
    const key = keys.map((name) => row[name]).join("|");
    const before = found.get(key);
    if (!before || row.began < before.began) found.set(key, row);
  }
  return (row) => {
    const first = found.get(keys.map((name) => row[name]).join("|"));
    // What came out after the release that is shown was not known then.
    return first && first.began <= current().day ? { value: first[measure], release: releaseOfDay(first.began), row: first } : null;
  };
};
// By measure, for rows of a year each.
export const firstByYear = (rows) => Object.fromEntries(Object.keys(MEASURES).map((measure) => [measure, firstSaid(rows, ["year"], measure)]));
// The same for a cell of a table: with the release, and whether it was of the middle of the year. Nothing where
// the figure is as it was.
export const firstIn = (measure, found) => (found ? visible(found.release.id) + (isProvisional(found.row, measure) ? (measure === "claims" ? ", half-year" : ", mid-year") : "") : "");
export const firstCell = (row, measure, found) => {
  if (!found || (found.value === row[measure] && isProvisional(found.row, measure) === isProvisional(row, measure))) return "";
  return el("span", {}, show(found.value, "count"), el("br"), el("small", { class: "quiet" }, firstIn(measure, found)));
};
// UNHCR writes zeros back to 1951, before it counted.
export const sinceCounted = (rows, measures) => {
  const counted = rows.filter((row) => measures.some((measure) => row[measure]));
  const first = Math.min(...counted.map((row) => row.year));
  return rows.filter((row) => row.year >= first);
};

// ---- measures: a stock and a flow are told apart wherever they are named

export const MEASURES = site.measures;
// `of` says whose people: it makes "Refugees from China" of "Refugees".
export const titleOf = (measure, of) => MEASURES[measure].of.replace(/^(.*) \{people\}/, (_, people) => of(people));
export const isProvisional = (row, measure) => (measure === "claims" ? row.claims_provisional : row.stock_provisional);
export const isIncomplete = (row, measure) => row[`${measure}_incomplete`] === true;
// Whether the change since the year before is one of reporting, and not of people alone.
export const isBroken = (row, measure) => row[`${measure}_break`] === true;
// To three digits, half to even as Python has it: what is estimated is not taken for a count.
const estimated = (value) => {
  const unit = 10 ** Math.max(String(Math.abs(value)).length - 3, 0);
  const down = Math.floor(value / unit);
  const rest = value - down * unit;
  return show((rest * 2 > unit || (rest * 2 === unit && down % 2) ? down + 1 : down) * unit, "count");
};
// What an incomplete figure would be with the people without an origin; null where none is estimated.
export const estimate = (row, measure) => {
  const [about, low, high] = ["", "_low", "_high"].map((end) => row[`${measure}_about${end}`] ?? null);
  if (about === null || !isIncomplete(row, measure)) return null;
  const between = low !== null && high !== null && low < high && estimated(low) !== estimated(high)
    ? site.words.between.replace("{low}", estimated(low)).replace("{high}", estimated(high)) : "";
  return site.words.estimate.replace("{about}", estimated(about)).replace("{between}", between);
};
// A flow in a row of a year: of half of it, where it is, since the year of the row is that of its stock.
export const inYear = (words, isHalf) => (isHalf && words !== NOT_KNOWN ? el("span", {}, words, el("br"), el("small", { class: "quiet" }, "first half-year")) : words);
const claimsIn = (row) => inYear(atLeast(row.claims, row.claims_incomplete), row.claims_provisional);
export const when = (row, measure) => {
  if (measure === "claims") return row.claims_provisional ? `the first half of ${row.year}` : String(row.year);
  return show(row.stock_provisional ? `${row.year}-06-30` : `${row.year}-12-31`, "day");
};
export const status = (row, measure) => [
  isProvisional(row, measure) ? MEASURES[measure].provisional.replace("{day}", when(row, measure)) : null,
  isIncomplete(row, measure) ? site.words.at_least : null,
  isBroken(row, measure) ? site.words.break : null,
  measure === "stock" && row.carried ? `${show(row.carried, "count")} ${site.words.unchanged}` : null,
].filter(Boolean);
export const statusWords = (row, measure) => status(row, measure).join("; ") || site.words.final;

// That a figure is old: it would else be read as of today.
export const noLater = (year, measure) => (year < Number(String(releaseOf(measure).reference_date).slice(0, 4)) ? [site.words.no_later] : []);

// What a figure was at first, for a note under it.
export const firstWords = (begun, measure) => {
  const part = !isProvisional(begun.row, measure) ? "" : measure === "claims" ? " for the first half-year" : " for mid-year";
  return `first published as ${show(begun.value, "count")}${part}, in release ${visible(begun.release.id)}`;
};

// ---- per 1,000 inhabitants of the country of a row, as a choice

export const isPer1000 = () => params.get("per") === "1000";
let counted = null;
// Rows with `amount`, what is compared: the figure, or the figure per 1,000 inhabitants of the year, or of
// the last year known before it. Largest first; `without`: those of which no inhabitants are known.
export const amounts = async (rows, measure, key, year) => {
  if (!isPer1000()) {
    const made = rows.map((row) => ({ ...row, amount: row[measure], amountKind: "count" }));
    return { rows: made.sort((a, b) => b.amount - a.amount || (a[key] ?? "").localeCompare(b[key] ?? "")), without: [] };
  }
  counted ??= load("inhabitants.json");
  const file = await counted;
  const people = (code) => {
    if (code === null || !Object.hasOwn(file, code)) return null;
    const { first, people: known } = file[code];
    for (let at = Math.min(year - first, known.length - 1); at >= 0; at -= 1) if (known[at]) return known[at];
    return null;
  };
  const found = rows.map((row) => ({ ...row, people: people(row[key]) }));
  const made = found.filter((row) => row.people)
    .map((row) => ({ ...row, amount: row[measure] * 1000 / row.people, amountKind: "per_1000" }));
  return { rows: made.sort((a, b) => b.amount - a.amount || a[key].localeCompare(b[key])), without: found.filter((row) => !row.people) };
};
export const amountWords = (row, measure) => atLeast(row.amount, isIncomplete(row, measure), row.amountKind);
const PER_1000 = site.words.per_1000;
// What follows the name of a measure, and the column that a table has more.
export const perWords = () => (isPer1000() ? `, ${PER_1000}` : "");
export const perColumns = (measure) => (isPer1000() ? [{ heading: PER_1000[0].toUpperCase() + PER_1000.slice(1), kind: "bound",
  plain: (row) => row.amount, value: (row) => amountWords(row, measure) }] : []);
const choice = (id, label, options, value) => {
  const select = el("select", { id, onchange: () => put({ [id]: select.value }) },
    options.map(([key, words]) => el("option", { value: key }, words)));
  select.value = String(value);
  return el("div", { class: "field" }, el("label", { for: id }, label), select);
};
// What is shown by country: of these measures one, of these years one, and by what it is compared.
export const choices = (measures, measure, years, year) => el("form", { class: "filter", onsubmit: (event) => event.preventDefault() },
  choice("measure", "What is counted", measures.map((key) => [key, MEASURES[key].title]), measure),
  choice("year", "Year", years.map((one) => [one, String(one)]), year),
  choice("per", "Compared by", [["", "persons"], ["1000", PER_1000]], isPer1000() ? "1000" : ""));
export const withoutWords = (without, key, measure) => {
  const countries = without.some((row) => isCountry(row[key])) ? [`${countriesOf(without, key)} without a known number of inhabitants`] : [];
  return without.length ? [el("p", { class: "quiet" }, `Left out: ${[...countries, ...ofNone(without, key, measure)].join(", ")}.`)] : [];
};

// Under a table with ranks: what they are by, where any of the figures compared is a lower bound.
export const rankWords = (rows, measure) => (rows.some((row) => isIncomplete(row, measure)) ? [el("p", { class: "quiet ranks" }, site.words.ranks)] : []);

// Under headline figures: how they are to be read, and where more is said of it.
export const howToRead = () => el("p", { class: "quiet" }, `${site.words.stock_and_flow} `,
  el("a", { href: link(`${ROOT}method.html`) }, "How to read a figure here"));

// ---- tables

// A figure at the head of a page, with its day, its nature, and what is to be said of it.
export const card = (row, measure, notes) => el("li", { "data-measure": measure },
  el("strong", {}, `${isIncomplete(row, measure) ? "at least " : ""}${show(row[measure], "count")}`), " ",
  `${MEASURES[measure].counts} ${measure === "claims" ? "in" : "on"} ${when(row, measure)}`, el("br"),
  el("span", { class: "nature" }, MEASURES[measure].nature + (isProvisional(row, measure) ? ", provisional" : "")),
  notes.length ? el("ul", {}, notes.map((note) => el("li", {}, note))) : null);

export const table = (name, caption, columns, rows) => {
  const numeric = new Set(["count", "change", "share", "change_rate", "year", "bound"]);
  const cell = (column, row, isFirst) => {
    const value = column.value(row);
    const shown = value instanceof Node ? value : column.kind === "bound" ? String(value) : show(value, column.kind);
    if (isFirst) return el("th", { scope: "row" }, shown);
    return el("td", { class: numeric.has(column.kind) ? "number" : null }, shown);
  };
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-labelledby": `${name}-caption` },
    el("table", { id: name },
      el("caption", { id: `${name}-caption` }, caption),
      el("thead", {}, el("tr", {}, columns.map((column, index) =>
        el("th", { scope: "col", class: index && numeric.has(column.kind) ? "number" : null }, column.heading)))),
      el("tbody", {}, rows.map((row) => el("tr", {}, columns.map((column, index) => cell(column, row, index === 0)))))));
};

// The columns of a table of years.
export const YEAR = { heading: site.words.year, value: (row) => `${row.year}${row.stock_provisional ? " (30 June, provisional)" : ""}` };
export const CLAIMED = { heading: site.words.claimed, kind: "bound", value: claimsIn };
export const WAITING = { heading: site.words.waiting, kind: "bound", value: (row) => atLeast(row.stock, row.stock_incomplete) };
export const yearColumns = (said) => {
  const first = (measure) => ({ heading: "First published as", kind: "bound", value: (row) => firstCell(row, measure, said[measure](row)) });
  return [YEAR, CLAIMED, first("claims"), WAITING, first("stock"), { heading: site.words.carried, kind: "count", value: (row) => row.carried }];
};

// ---- the bar above each page: which release, and which country

const bar = () => {
  const place = byId("bar");
  if (!place) return;
  const select = el("select", { id: "release" },
    releases.toReversed().map((release) => el("option", { value: release.id },
      `${visible(release.id)}, ${show(release.published, "day")}${release === newest ? " (newest)" : ""}`)));
  select.value = current().id;
  select.addEventListener("change", () => put({ release: select.value }));
  const input = el("input", { id: "country", type: "text", role: "combobox", autocomplete: "off",
    "aria-expanded": "false", "aria-controls": "found", "aria-autocomplete": "list", placeholder: "a country, or its code" });
  const list = el("ul", { id: "found", role: "listbox", "aria-label": "Countries", hidden: true });
  place.append(
    el("div", { class: "field" }, el("label", { for: "release" }, "As published in release"), select),
    el("div", { class: "field find" }, el("label", { for: "country" }, "Find a country"), input, list));
  place.hidden = false;
  searching(input, list);
};

const folded = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
// The words of a name that tell it from others, compared as warehouse/reference/places.py compares them.
const wordsIn = (text) => (folded(text).replace(/(?<![\p{L}\p{N}])([\p{L}\p{N}])\./gu, "$1").match(/[\p{L}\p{N}]+\.?/gu) ?? [])
  .filter((word) => !site.search.fillers.includes(word)).map((word) => (Object.hasOwn(site.search.shortened, word) ? site.search.shortened[word] : word));
const isWord = (one, word) => (one.endsWith(".") ? word.startsWith(one.slice(0, -1)) : one === word || (one.length >= site.search.shortest && word.startsWith(one)));
const areIn = (wanted, words) => wanted.length > 0 && wanted.every((one) => words.some((word) => isWord(one, word)));
const searching = (input, list) => {
  const SHOWN = 12;
  const entries = ["origin", "asylum"].flatMap((side) => site.sides[side].map((code) => ({
    code, side, name: visible(nameOf(code)), words: `${folded(visible(nameOf(code)))} ${code.toLowerCase()}`,
    also: Object.hasOwn(site.other_names, code) ? site.other_names[code] : [],
    kind: side === "origin" ? "country of origin" : "country of asylum",
  })));
  let found = [];
  let chosen = -1;
  const choose = (index) => {
    chosen = index;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
    if (index >= 0) {
      input.setAttribute("aria-activedescendant", `found-${index}`);
      list.children[index].scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };
  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    choose(-1);
  };
  const go = (entry) => { location.href = link(pageOf(entry.side, entry.code)); };
  const look = () => {
    const wanted = folded(input.value.trim());
    if (!wanted) return close();
    const inWords = wordsIn(input.value);
    const isIn = (one) => areIn(inWords, wordsIn(one));
    const is = (one) => folded(one) === wanted || (isIn(one) && wordsIn(one).length === inWords.length);
    const byOther = (entry) => entry.also.find(is) ?? entry.also.find((one) => folded(one).startsWith(wanted)) ?? entry.also.find(isIn);
    const byName = (entry) => entry.words.includes(wanted) || isIn(entry.name);
    const rank = (entry) => {
      if (entry.code.toLowerCase() === wanted || [entry.name, byOther(entry) ?? ""].some(is)) return 0;
      return entry.words.startsWith(wanted) || byOther(entry) ? 1 : entry.words.includes(` ${wanted}`) ? 2 : 3;
    };
    found = entries.filter((entry) => byName(entry) || byOther(entry))
      .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name)).slice(0, SHOWN);
    list.replaceChildren(...found.map((entry, index) => el("li", { id: `found-${index}`, role: "option", "aria-selected": "false",
      onmousedown: (event) => { event.preventDefault(); go(entry); } }, entry.name, " ", el("small", {},
      byName(entry) ? entry.kind : `${visible(byOther(entry))}, ${entry.kind}`))));
    // UNHCR has no such country, and counts its people in another.
    const elsewhere = site.counted_elsewhere.find((one) => one.names.some((name) => folded(name) === wanted || (wanted.length > 3 && folded(name).startsWith(wanted))));
    if (!found.length) list.replaceChildren(el("li", { role: "option", "aria-disabled": "true", "aria-selected": "false" },
      elsewhere ? visible(elsewhere.told) : "no country of that name or code"));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    choose(found.length ? 0 : -1);
  };
  input.addEventListener("input", look);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) look();
      else if (found.length) choose((chosen + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length);
    } else if (event.key === "Enter" && found[chosen]) go(found[chosen]);
    else if (event.key === "Escape") close();
  });
};

// What must be said of the release that is shown, before any figure.
export const releaseNotes = () => {
  const release = current();
  const notes = [];
  if (unknownRelease && !params.get("release-replaced")) {
    notes.push(el("p", { class: "held-back" }, `This site does not hold the release ${visible(unknownRelease)}, which the link names. It shows ${visible(newest.id)} instead.`));
  }
  const line = [`As published by UNHCR in release ${visible(release.id)} (${visible(release.title)}), from ${show(release.published, "day")}`];
  line.push(release === newest ? ", the newest." : ". ");
  const shown = el("p", { class: release === newest ? "quiet" : "held-back older" }, line.join(""));
  if (release !== newest) {
    shown.append(el("button", { type: "button", onclick: () => put({ release: newest.id }) }, `Show the newest, ${visible(newest.id)}`));
  }
  notes.push(shown);
  if (release.flows && release.flows !== release.id) {
    notes.push(el("p", { class: "held-back" }, `The flow dataset of this release is missing or held back: people who claimed asylum are as in release ${visible(release.flows)}.`));
  }
  if (release.provisional) {
    notes.push(el("p", { class: "quiet" }, `A mid-year release: its newest year is provisional, with stocks of ${show(release.reference_date, "day")} and flows of the first half-year.`));
  }
  return notes;
};

// Pictures come when the figures stand; `draw` is given their module.
let pictures = null;
export const withPictures = (draw) => {
  document.documentElement.dataset.charts = "waiting";
  pictures ??= import("./pictures.js");
  pictures.then(draw).catch((error) => console.error(error));
};

// Shows the live part of a page in the place of the one that was written for readers without scripts.
export const takeOver = (render) => {
  const live = byId("live");
  const draw = async () => {
    try {
      const select = byId("release");
      if (select) select.value = current().id;
      await render(live);
      byId("static")?.remove(); // what it shows now stands in the live part, under the same names
      live.hidden = false;
      document.documentElement.dataset.shown = current().id;
    } catch (error) {
      // The figures of the newest release, or those shown before, still stand; say why there is no more.
      byId("trouble").textContent = `The figures could not be loaded (${error.message}).${byId("static") ? " Below are those of the newest release." : ""}`;
      byId("trouble").hidden = false;
      throw error;
    }
  };
  redraw = draw;
  return draw();
};

byId("from-disk")?.remove();
bar();
// The release is named in the address from the first moment on, so that a copied link stays true.
put({ release: current().id }, { quiet: true });
