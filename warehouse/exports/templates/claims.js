// Filters a table of claims; without this every claim is shown.
(() => {
  "use strict";
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
})();
