// Filters a table of claims; without this every claim is shown.
(() => {
  "use strict";
  const filter = document.getElementById("claims-filter");
  if (filter) {
    const claims = [...document.querySelectorAll("#claims-table > tbody")];
    const said = document.getElementById("claims-shown");
    const { verdict, document: of, words } = filter.elements;
    const texts = claims.map((claim) => claim.textContent.toLocaleLowerCase());
    const apply = () => {
      const wanted = words.value.trim().toLocaleLowerCase();
      let shown = 0;
      claims.forEach((claim, index) => {
        const fits =
          (!verdict.value || claim.dataset.verdict === verdict.value) &&
          (!of.value || claim.dataset.document === of.value) &&
          texts[index].includes(wanted);
        claim.hidden = !fits;
        shown += fits ? 1 : 0;
      });
      said.textContent = `${shown} of ${claims.length} ${claims.length === 1 ? "claim" : "claims"} shown`;
    };
    filter.hidden = false;
    filter.addEventListener("input", apply);
    filter.addEventListener("submit", (event) => event.preventDefault());
    filter.addEventListener("reset", () => setTimeout(apply));
    apply();
  }
})();
