// The report: its figures stand in the HTML; here the families are sorted and the slots listed, a page at a time.
(() => {
  const report = rowsOfPage(), A_PAGE = 50, FILTERS = ["state", "family", "cause"];
  const slots = report.slots.map(([slot, family, name, state, about, league, starts, confidence, cause, why]) =>
    ({ slot, family, name, state, about, league, starts, confidence, cause, why, search: fold(`${slot} ${name} ${about} ${report.leagues[league] || ""}`) }));
  const clock = new Intl.DateTimeFormat("en-US", { timeZone: report.timezone, weekday: "short", month: "short", day: "numeric",
    hour: "numeric", minute: "2-digit", hourCycle: report.hour12 ? "h12" : "h23" });
  let fitting = slots, first = 0;

  // Families, by the column whose head is pressed: numbers the largest first, names from A
  function sortFamilies(head) {
    const column = head.cellIndex, body = $("families").tBodies[0];
    const rising = head.ariaSort ? head.ariaSort === "descending" : column === 0;
    const by = (row) => row.cells[column].dataset.by;
    const rows = [...body.rows].sort((a, b) => (column ? by(a) - by(b) : by(a).localeCompare(by(b))) * (rising ? 1 : -1));
    for (const other of $("families").tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.ariaSort = rising ? "ascending" : "descending";
    body.append(...rows);
  }

  // Slots
  function fillFilters() {
    const counts = (key) => slots.reduce((sums, slot) => sums.set(slot[key], (sums.get(slot[key]) || 0) + 1), new Map());
    const states = counts("state"), causes = counts("cause");
    option($("state"), "", "All outcomes");
    for (const [state, label] of Object.entries(report.states)) if (states.has(state)) option($("state"), state, `${label} (${grouped(states.get(state))})`);
    option($("family"), "", "All families");
    for (const [family, count] of [...counts("family")].sort(([a], [b]) => a.localeCompare(b))) option($("family"), family || "-", `${family || "Others"} (${grouped(count)})`);
    option($("cause"), "", "All causes");
    for (const [cause, meaning] of Object.entries(report.causes)) if (causes.has(cause)) option($("cause"), cause, `${meaning} (${grouped(causes.get(cause))})`);
  }
  function filter() {
    const words = fold($("words").value).split(/\s+/).filter(Boolean), wanted = FILTERS.map((id) => [id, $(id).value]).filter(([, value]) => value);
    fitting = slots.filter((slot) => wanted.every(([key, value]) => slot[key] === (value === "-" ? "" : value)) && words.every((word) => slot.search.includes(word)));
    first = 0;
    $("clear").hidden = !words.length && !wanted.length;
    $("count").textContent = fitting.length === 1 ? "1 slot" : `${grouped(fitting.length)} slots`;
    draw();
  }
  function draw() {
    const last = Math.min(first + A_PAGE, fitting.length);
    $("rows").replaceChildren(...fitting.slice(first, last).map(drawSlot));
    $("none").hidden = fitting.length > 0;
    $("slots").hidden = !fitting.length;
    $("place").textContent = fitting.length ? `${grouped(first + 1)} to ${grouped(last)} of ${grouped(fitting.length)}` : "";
    $("back").disabled = !first;
    $("on").disabled = last >= fitting.length;
  }
  function drawSlot(slot) {
    const row = make("tr"), head = make("th"), link = make("a", "", slot.slot), taken = make("td", "", slot.about), outcome = make("td"), said = make("span", "outcome");
    head.scope = "row";
    link.href = `index.html#${encodeURIComponent(slot.slot)}`;
    head.append(link);
    if (slot.family && slot.family !== slot.slot) head.append(make("small", "", slot.family));
    const facts = [report.leagues[slot.league] || slot.league, slot.starts !== null && slot.state !== "idle" && clock.format(slot.starts)];
    taken.append(make("small", "", facts.filter(Boolean).join(" · ")));
    said.append(make("i", slot.state), slot.confidence === null ? report.states[slot.state] : `${report.states[slot.state]}, ${Math.round(slot.confidence * 100)} %`);
    outcome.append(said);
    if (slot.cause) outcome.append(make("small", "", report.causes[slot.cause]));
    if (slot.why.length && slot.state !== "idle") {
      const more = make("details"), list = make("ul"), summary = make("summary", "", "Why");
      summary.setAttribute("aria-label", `Why: ${slot.slot}`);
      list.append(...slot.why.map((line) => make("li", "", report.lines[line])));
      more.append(summary, list);
      taken.append(more);
    }
    row.append(head, make("td", "", slot.name), taken, outcome);
    return row;
  }
  function turn(pages) {
    first = Math.max(0, Math.min(fitting.length - 1, first + pages * A_PAGE));
    draw();
    $("list").scrollIntoView();
    $("list").focus({ preventScroll: true });
  }
  function clear() {
    $("words").value = "";
    for (const id of FILTERS) $(id).selectedIndex = 0;
  }
  function goToNamed() {
    const words = namedInAddress();
    if (!words || document.getElementById(words)) return;
    clear();
    $("words").value = words;
    filter();
    $("list").scrollIntoView();
  }

  fillFilters();
  filter();
  goToNamed();
  addEventListener("hashchange", goToNamed);
  for (const id of FILTERS) $(id).addEventListener("change", filter);
  $("words").addEventListener("input", filter);
  $("clear").addEventListener("click", () => { clear(); filter(); $("words").focus(); });
  $("back").addEventListener("click", () => turn(-1));
  $("on").addEventListener("click", () => turn(1));
  $("families").tHead.addEventListener("click", (event) => { const head = event.target.closest("th"); if (head) sortFamilies(head); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-filter]");
    if (!button) return;
    clear();
    $(button.dataset.filter).value = button.dataset.value || "-";
    filter();
    $("list").scrollIntoView();
    $("list").focus({ preventScroll: true });
  });
})();
