// Pages whose text is the same for every release: the bar, and the filters in the address.
import { byId, params, put } from "./core.js";

const filter = byId("claims-filter");
if (filter) {
  const fields = [...filter.querySelectorAll("select, input")];
  for (const field of fields) if (params.get(field.name)) field.value = params.get(field.name);
  filter.dispatchEvent(new Event("input"));
  const keep = () => put(Object.fromEntries(fields.map((field) => [field.name, field.value])), { quiet: true });
  filter.addEventListener("input", keep);
  filter.addEventListener("reset", () => setTimeout(keep));
}
document.documentElement.dataset.shown = "plain";
