// The grid: the guide's rows are drawn only where they are seen, so 3,000 channels scroll as 30 do.
(() => {
  const guide = rowsOfPage();
  const pane = $("pane"), plane = $("plane"), rowsBox = $("rows"), ticks = $("ticks");
  const MINUTE = 60000, SPARE_ROWS = 8;
  const span = (guide.closes - guide.opens) / MINUTE;
  const HUES = { football: 24, basketball: 32, hockey: 205, baseball: 352, softball: 58, soccer: 145, mma: 8, boxing: 4, wrestling: 340,
    racing: 268, motorcycling: 278, tennis: 76, golf: 122, cricket: 172, rugby: 190, "rugby-league": 190, volleyball: 222, lacrosse: 248 };
  const KINDS = { pre: "Coming up", live: "Live", post: "Ended", filler: "Later", idle: "Nothing on" };
  const STATUSES = { matched: "Found in the schedule of events", manual: "Set by hand", partial: "One side found in the schedule",
    unmatched: "As the channel's name says", unparseable: "The channel's name says nothing" };

  // A text is what a block says; cells point to it. Cell: [start, length, text], minutes since the window opens.
  const texts = guide.texts.map(([title, sub, about, block, league, sport, status, confidence, coverage, categories]) => {
    const hue = HUES[sport] ?? hash(sport || league || "x");
    // "NCAA Football: Troy at Old Dominion": what stands before the match-up is the league, or the competition as printed.
    const leagueName = sub.includes(": ") ? sub.split(": ")[0] : "";
    return { title, sub, about, block, league, sport, status, confidence, coverage, categories, hue, leagueName,
      search: fold(`${title} ${sub}`) };
  });
  const channels = guide.channels.map(([name, family, cells], place) => {
    const blocks = [];
    for (let i = 0; i < cells.length; i += 3) blocks.push({ start: cells[i], stop: cells[i] + cells[i + 1], text: texts[cells[i + 2]] });
    const live = blocks.filter((block) => block.text.block === "live");
    return { place, name, family, blocks, live, first: live.length ? live[0].start : Infinity, search: fold(`${name} ${family}`) };
  });

  let shown = channels, hits = null, width = 4, drawn = new Map(), focus = null;

  function hash(text) { let sum = 7; for (const letter of text) sum = (sum * 31 + letter.codePointAt(0)) % 360; return sum; }
  function minuteNow() { return (Date.now() - guide.opens) / MINUTE; }
  function isNow(block) { const now = minuteNow(); return block.start <= now && now < block.stop; }
  function format(options) { return new Intl.DateTimeFormat("en-US", { timeZone: guide.timezone, ...options }); }
  const clock = format({ hour: "numeric", minute: "2-digit", hour12: guide.hour12, ...(guide.hour12 ? {} : { hourCycle: "h23", hour: "2-digit" }) });
  const weekday = format({ weekday: "short", month: "short", day: "numeric" });
  const dayOfWeek = format({ weekday: "short" }), dayOfMonth = format({ day: "numeric" });
  const at = (minute) => new Date(guide.opens + minute * MINUTE);
  const timeOf = (minute) => clock.format(at(minute));
  const rangeOf = (block) => `${timeOf(block.start)} – ${timeOf(block.stop)}`;

  // Filters
  function fillFilters() {
    const states = [["all", "All channels"], ["events", "With an event"], ["now", "On now"], ["matched", "Event found"],
      ["partial", "One side known"], ["unmatched", "As named, no event found"], ["idle", "Nothing on"]];
    const now = minuteNow();
    for (const [value, label] of states) {
      const count = channels.filter((channel) => fitsState(channel, value)).length;
      if (value === "now" ? now >= 0 && now < span : count) option($("state"), value, value === "now" ? label : `${label} (${grouped(count)})`);
    }
    option($("family"), "", "All families");
    for (const family of [...new Set(channels.map((channel) => channel.family))].filter(Boolean).sort((a, b) => a.localeCompare(b)))
      option($("family"), family, family);
    option($("league"), "", "All sports");
    const counts = new Map();
    for (const channel of channels) for (const block of channel.live) {
      const { sport, league } = block.text;
      if (!sport) continue;
      if (!counts.has(sport)) counts.set(sport, { all: 0, leagues: new Map() });
      const count = counts.get(sport);
      count.all += 1;
      if (league) count.leagues.set(league, (count.leagues.get(league) || 0) + 1);
    }
    for (const [sport, count] of [...counts].sort((a, b) => b[1].all - a[1].all)) {
      const group = make("optgroup"), name = guide.sports[sport] || sport;
      group.label = name;
      option(group, `sport:${sport}`, `${name}: all (${count.all})`);
      for (const [league, number] of [...count.leagues].sort((a, b) => b[1] - a[1]))
        option(group, `league:${league}`, `${guide.leagues[league] || league} (${number})`);
      $("league").append(group);
    }
  }
  function fitsState(channel, state) {
    if (state === "all") return true;
    if (state === "idle") return !channel.live.length;
    if (state === "now") return channel.live.some(isNow);
    if (state === "matched") return channel.live.some((block) => /^(matched|manual)$/.test(block.text.status));
    if (state === "partial" || state === "unmatched") return channel.live.some((block) => block.text.status === state);
    return channel.live.length > 0;
  }
  function filter() {
    const words = fold($("words").value).split(/\s+/).filter(Boolean);
    const [kind, key] = $("league").value.split(/:(.*)/s), family = $("family").value, state = $("state").value;
    const says = (text) => words.every((word) => text.includes(word));
    hits = words.length || key ? new Set(texts.filter((text) => (!words.length || says(text.search)) && (!key || text[kind] === key))) : null;
    shown = channels.filter((channel) => (!family || channel.family === family) && fitsState(channel, state) &&
      (!hits || channel.blocks.some((block) => hits.has(block.text)) || (!key && words.length > 0 && says(channel.search))));
    if ($("order").value === "start") shown = [...shown].sort((a, b) => a.first - b.first || a.place - b.place);
    focus = null;
    $("count").textContent = shown.length === 1 ? "1 channel" : `${grouped(shown.length)} channels`;
    tell($("count").textContent);
    $("none").hidden = shown.length > 0;
    plane.setAttribute("aria-rowcount", shown.length + 1);
    rowsBox.replaceChildren();
    drawn = new Map();
    layOut();
  }

  // Said aloud when typing pauses, but not on opening the page.
  let timer = 0, announced = "";
  function tell(count) {
    clearTimeout(timer);
    if (announced && announced !== count) timer = setTimeout(() => { $("heard").textContent = count; }, 400);
    announced = count;
  }

  // Drawing
  function layOut() {
    width = matchMedia("(max-width: 760px)").matches ? 2.7 : 4;
    const style = getComputedStyle(document.documentElement), side = parseInt(style.getPropertyValue("--side"), 10);
    plane.style.width = `${side + span * width}px`;
    plane.style.setProperty("--hour", `${60 * width}px`);
    rowsBox.style.height = `${shown.length * rowHeight()}px`;
    drawTicks();
    placeNow();
    drawRows(true);
  }
  function rowHeight() { return parseInt(getComputedStyle(document.documentElement).getPropertyValue("--row"), 10); }
  function drawTicks() {
    const step = 30;
    ticks.replaceChildren();
    let date = "";
    for (let minute = 0; minute < span; minute += step) {
      const tick = make("span"), day = weekday.format(at(minute));
      tick.style.left = `${minute * width}px`;
      tick.append(day === date ? timeOf(minute) : make("b", "", day));
      date = day;
      ticks.append(tick);
    }
  }
  function placeNow() {
    const now = minuteNow(), line = $("now"), side = $("corner").offsetWidth;
    line.hidden = !(now >= 0 && now < span);
    line.style.left = `${side + now * width}px`;
  }
  function drawRows(afresh) {
    const height = rowHeight(), top = pane.scrollTop, bottom = top + pane.clientHeight;
    const first = Math.max(0, Math.floor(top / height) - SPARE_ROWS);
    const last = Math.min(shown.length, Math.ceil(bottom / height) + SPARE_ROWS);
    for (const [index, row] of drawn)
      if (afresh || ((index < first || index >= last) && !(focus && focus.row === index))) { row.remove(); drawn.delete(index); }
    const fresh = document.createDocumentFragment();
    for (let index = first; index < last; index += 1) if (!drawn.has(index)) { const row = drawRow(index, height); drawn.set(index, row); fresh.append(row); }
    rowsBox.append(fresh);
    offerFocus();
  }
  function drawRow(index, height) {
    const channel = shown[index], row = make("div", "row"), side = make("div", "side"), cells = make("div", "cells");
    row.setAttribute("role", "row");
    row.setAttribute("aria-rowindex", index + 2);
    row.style.top = `${index * height}px`;
    side.setAttribute("role", "rowheader");
    side.title = channel.name;
    side.append(make("b", "", channel.name), make("small", "", channel.family));
    cells.setAttribute("role", "presentation");
    channel.blocks.forEach((block, number) => cells.append(drawCell(block, index, number)));
    row.append(side, cells);
    return row;
  }
  function drawCell(block, row, number) {
    const { text } = block, start = Math.max(0, block.start), stop = Math.min(span, block.stop);
    const cell = make("div", `cell ${text.block}`), fade = make("div", "fade"), inner = make("div");
    if (text.block === "live") {
      if (!/^(matched|manual)$/.test(text.status)) cell.classList.add("unsure");
      if (isNow(block)) cell.classList.add("on");
    }
    if (hits && !hits.has(text)) cell.classList.add("dim");
    cell.style.cssText = `left:${start * width}px;width:${Math.max(3, (stop - start) * width - 3)}px;--hue:${text.hue}`;
    cell.setAttribute("role", "gridcell");
    cell.setAttribute("aria-label", `${rangeOf(block)}: ${text.title}${text.sub ? `, ${text.sub}` : ""}`);
    cell.tabIndex = -1;
    cell.dataset.at = `${row}:${number}`;
    if ((stop - start) * width > 34) {
      inner.append(make("b", "", text.title));
      if (text.block === "live") inner.append(make("small", "", `${rangeOf(block)}${text.leagueName ? ` · ${text.leagueName}` : ""}`));
      fade.append(inner);
      cell.append(fade);
    }
    return cell;
  }

  // Keyboard: one stop in the grid, arrows inside it
  function cellAt(place) { return place && rowsBox.querySelector(`[data-at="${place.row}:${place.cell}"]`); }
  function offerFocus() {
    // The Tab key comes to where one was, else to the programme at the upper left of what is seen.
    for (const cell of rowsBox.querySelectorAll('.cell[tabindex="0"]')) cell.tabIndex = -1;
    const row = Math.ceil(pane.scrollTop / rowHeight()), seen = pane.scrollLeft / width + 15;
    const first = shown[row] && { row, cell: shown[row].blocks.findIndex((block) => block.stop > seen) };
    const cell = cellAt(focus) || cellAt(first);
    if (cell) cell.tabIndex = 0;
  }
  function placeOf(cell) { const [row, number] = cell.dataset.at.split(":").map(Number); return { row, cell: number }; }
  function blockOf(place) { return shown[place.row].blocks[place.cell]; }
  function moveTo(row, pick) {
    row = Math.max(0, Math.min(shown.length - 1, row));
    const { blocks } = shown[row];
    if (!blocks.length) return;
    focus = { row, cell: Math.max(0, Math.min(blocks.length - 1, pick(blocks))) };
    reveal(row, blocks[focus.cell]);
    drawRows(false);
    cellAt(focus).focus({ preventScroll: true });
  }
  function reveal(row, block) {
    const height = rowHeight(), head = $("ruler").offsetHeight, side = $("corner").offsetWidth;
    const top = row * height, view = pane.clientHeight - head;
    if (top < pane.scrollTop) pane.scrollTop = top;
    else if (top + height > pane.scrollTop + view) pane.scrollTop = top + height - view;
    const left = Math.max(0, block.start) * width, right = Math.min(span, block.stop) * width, across = pane.clientWidth - side;
    if (left < pane.scrollLeft) pane.scrollLeft = Math.max(0, left - 12);
    else if (Math.min(right, left + across) > pane.scrollLeft + across) pane.scrollLeft = Math.min(right, left + across) - across + 12;
  }
  function onKey(event) {
    if (!event.target.classList.contains("cell") || event.metaKey || event.altKey || (event.ctrlKey && !/^(Home|End)$/.test(event.key))) return;
    const place = placeOf(event.target), block = blockOf(place);
    const middle = (Math.max(0, block.start) + Math.min(span, block.stop)) / 2;
    const sameTime = (blocks) => blocks.findIndex((other) => other.start <= middle && middle < other.stop);
    const moves = {
      ArrowLeft: [place.row, () => place.cell - 1], ArrowRight: [place.row, () => place.cell + 1],
      ArrowUp: [place.row - 1, sameTime], ArrowDown: [place.row + 1, sameTime],
      PageUp: [place.row - 10, sameTime], PageDown: [place.row + 10, sameTime],
      Home: [event.ctrlKey ? 0 : place.row, () => 0],
      End: [event.ctrlKey ? shown.length - 1 : place.row, (blocks) => blocks.length - 1],
    };
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); open(place); return; }
    if (!moves[event.key]) return;
    event.preventDefault();
    moveTo(...moves[event.key]);
  }

  // Details
  function open(place) {
    const block = blockOf(place), channel = shown[place.row], { text } = block, facts = $("details-facts");
    const live = text.block === "live";
    $("details-kind").textContent = live && !isNow(block) ? { show: "Show", replay: "Replay" }[text.coverage] || "Event" : KINDS[text.block];
    $("details-title").textContent = text.title;
    $("details-sub").textContent = text.sub;
    $("details-sub").hidden = !text.sub || text.title.endsWith(text.sub);
    $("details-time").textContent = `${weekday.format(at(block.start))}, ${rangeOf(block)}`;
    $("details-text").textContent = text.about;
    $("details-text").hidden = !text.about;
    facts.replaceChildren();
    const own = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "numeric", minute: "2-digit" }).format(at(block.start));
    const abroad = Intl.DateTimeFormat().resolvedOptions().timeZone !== guide.timezone;
    const sure = text.confidence && text.status !== "unparseable" ? ` (${Math.round(text.confidence * 100)} %)` : "";
    for (const [name, value] of [["Channel", channel.name], ["League", text.leagueName], ["Sport", guide.sports[text.sport]],
      ["Your time", abroad && own], ["Categories", text.categories.join(", ")], ["Source", STATUSES[text.status] + sure]])
      if (value) facts.append(make("dt", "", name), make("dd", "", value));
    const link = make("a", "", channel.name), name = encodeURIComponent(channel.name);
    link.href = `#${name}`;
    facts.querySelector("dd").replaceChildren(link);
    if ($("report")) {
      const why = make("a", "", "How its name was read");
      why.href = `${$("report").getAttribute("href")}#${name}`;
      facts.lastChild.append(" · ", why);
    }
    $("details").showModal();
  }

  function goToNamed() {
    const name = namedInAddress(), place = channels.findIndex((channel) => channel.name === name);
    if (!name || place < 0) return;
    $("details").close();
    if (shown !== channels) showAll();
    const seen = pane.scrollLeft / width + 30;
    moveTo(place, (blocks) => blocks.findIndex((block) => block.stop > seen));
    pane.scrollTop = place * rowHeight() - pane.clientHeight / 3;
  }
  function showAll() {
    $("words").value = "";
    for (const id of ["state", "league", "family", "order"]) $(id).selectedIndex = 0;
    filter();
  }

  // Days and now
  function goTo(minute) { pane.scrollTo({ left: Math.max(0, minute * width), behavior: "auto" }); }
  function fillDays() {
    const box = $("days"), now = minuteNow();
    if (now >= 0 && now < span) {
      const button = make("button", "", "Now");
      button.type = "button";
      button.onclick = () => goTo(minuteNow() - 30);
      box.append(button);
    }
    if (guide.days.length > 1) for (const minute of guide.days) {
      const button = make("button", "", `${dayOfWeek.format(at(minute))} ${dayOfMonth.format(at(minute))}`);
      button.type = "button";
      button.dataset.minute = minute;
      button.onclick = () => goTo(minute);
      box.append(button);
    }
  }
  function markDay() {
    const minute = pane.scrollLeft / width + 60;
    const current = [...guide.days].reverse().find((start) => start <= minute);
    for (const button of $("days").querySelectorAll("[data-minute]"))
      button.setAttribute("aria-current", String(Number(button.dataset.minute) === current));
  }
  function busiest() {
    // Where the channels one sees first have most on air, over as long as one sees.
    const seen = Math.min(span, (pane.clientWidth - $("corner").offsetWidth) / width);
    const live = shown.slice(0, Math.ceil(pane.clientHeight / rowHeight())).flatMap((channel) => channel.live);
    const overlap = (start) => live.reduce((sum, block) =>
      sum + Math.max(0, Math.min(block.stop, start + seen) - Math.max(block.start, start)), 0);
    let best = 0, most = 0;
    for (let start = 0; start <= span - seen; start += 30) { const sum = overlap(start); if (sum > most) { most = sum; best = start; } }
    return best - 15;
  }

  function summarise() {
    const days = guide.days.length > 1 ? `${weekday.format(at(0))} to ${weekday.format(at(span - 1))}` : weekday.format(at(0));
    const { events, matched } = guide.counts;
    const share = events ? ` · ${grouped(events)} events, ${grouped(matched)} found in the schedule` : "";
    $("summary").textContent = `${days}, times in ${guide.zone} · ${grouped(channels.length)} channels${share}`;
  }

  fillFilters();
  fillDays();
  summarise();
  filter();
  const now = minuteNow();
  goTo(now >= 0 && now < span ? now - 30 : busiest());
  markDay();
  goToNamed();

  let asked = 0;
  pane.addEventListener("scroll", () => {
    if (!asked) asked = requestAnimationFrame(() => { asked = 0; drawRows(false); markDay(); });
  }, { passive: true });
  for (const id of ["state", "league", "family", "order"]) $(id).addEventListener("change", () => { pane.scrollTop = 0; filter(); });
  $("words").addEventListener("input", () => { pane.scrollTop = 0; filter(); });
  $("clear").addEventListener("click", () => { showAll(); $("words").focus(); });
  $("skip").addEventListener("click", (event) => {
    event.preventDefault();
    const cell = rowsBox.querySelector('.cell[tabindex="0"]'), place = cell && placeOf(cell);
    if (cell) moveTo(place.row, () => place.cell);
  });
  addEventListener("hashchange", goToNamed);
  rowsBox.addEventListener("click", (event) => {
    const cell = event.target.closest(".cell");
    if (cell) { focus = placeOf(cell); open(focus); }
  });
  rowsBox.addEventListener("keydown", onKey);
  rowsBox.addEventListener("focusin", (event) => { if (event.target.dataset.at) focus = placeOf(event.target); });
  $("details").addEventListener("click", (event) => { if (event.target === $("details")) $("details").close(); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|SELECT)$/.test(document.activeElement.tagName)) { event.preventDefault(); $("words").focus(); }
  });
  addEventListener("resize", () => { layOut(); });
  setInterval(() => { placeNow(); drawRows(true); if (focus && document.activeElement === document.body && cellAt(focus)) cellAt(focus).focus({ preventScroll: true }); }, 60000);
})();
