// The live class. Whatever a learner's machine said is only ever shown as text (textContent).
"use strict";

const STUCK = 5 * 60_000, AWAY = 60 * 60_000, TICK = 5_000, SORT_EVERY = 2_000, LOST_AFTER = 40_000;
const ASK_AGAIN = 300, RETRY = 2_000;
const MARKS = { p: "✔", f: "✘", u: "?", ".": "·" };
const LETTERS = { passed: "p", failed: "f", unchecked: "u", "": "." };
const ORDER = { stuck: 0, unread: 1, working: 2, trying: 3, waiting: 4, idle: 5, done: 6 };

const at = (id) => document.getElementById(id);
const lang = new URLSearchParams(location.search).get("lang") ?? "";
const query = lang ? `?lang=${encodeURIComponent(lang)}` : "";
let klass = null, words = {}, exercises = [], learners = [], skew = 0, heard = 0;
const pending = new Map();
let frame = 0, sortedAt = -SORT_EVERY, sortTimer = 0, selected = -1;

const ROLES = { tr: "row", td: "cell" }; // laid out by hand (see page.css), a table has none of itself
const make = (name, props = {}, ...children) => {
  const made = Object.assign(document.createElement(name), name in ROLES ? { role: ROLES[name] } : {}, props);
  made.append(...children);
  return made;
};
const word = (name, n) => (words[name] ?? name).replace("{n}", n);
const figure = (value) => String(Math.round(value * 100) / 100);
const stored = (key, value) => {
  try {
    if (value === undefined) return sessionStorage.getItem(`dockdojo.${key}`);
    sessionStorage.setItem(`dockdojo.${key}`, value);
  } catch { /* without storage the page forgets, no more */ }
  return null;
};

// -- the connection --------------------------------------------------------------------------------

let source = null;
function connect() {
  source?.close();
  heard = Date.now();
  source = new EventSource(`live${query}`);
  source.addEventListener("class", (event) => { hear(); build(JSON.parse(event.data)); });
  source.addEventListener("rows", (event) => {
    hear();
    const { now, rows } = JSON.parse(event.data);
    skew = now - Date.now();
    for (const row of rows) pending.set(row.n, row);
    draw();
  });
  source.addEventListener("still", hear);
  source.onerror = ({ target }) => {
    if (target !== source) return;
    lost();
    if (target.readyState === EventSource.CLOSED) comeBack();
  };
}
async function comeBack() { // refused: by something on the way, or by a proctor that knows another token
  const status = await fetch("page.css").then((answer) => answer.status, () => 0);
  if (status === 403 && words.locked) at("link").textContent = word("locked");
  setTimeout(connect, 2_000);
}
function hear() {
  heard = Date.now();
  at("link").dataset.state = "live";
  at("link").textContent = word("connected");
}
function lost() {
  at("link").dataset.state = "lost";
  at("link").textContent = words.lost ?? "…";
}

// -- the table -------------------------------------------------------------------------------------

function build(next) {
  words = next.words;
  document.title = `${next.title} · dockdojo`;
  at("title").textContent = next.title;
  hear();
  const isSame = klass && JSON.stringify([klass.lessons, klass.students]) === JSON.stringify([next.lessons, next.students]);
  klass = next;
  if (isSame) return; // connected again: the rows come anew, the page stays as it was
  leave();
  document.documentElement.lang = klass.lang;
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  at("close").setAttribute("aria-label", word("close"));
  at("other").textContent = klass.lang === "ko" ? "English" : "한국어";
  at("other").lang = klass.lang === "ko" ? "en" : "ko";
  at("other").href = `/?lang=${at("other").lang}`;
  at("nobody").textContent = word("nobody");
  exercises = klass.lessons.flatMap((lesson, number) => lesson.exercises.map((one) => ({ ...one, lesson: number })));
  buildTools();
  buildHead();
  learners = klass.students.map(buildRow);
  at("class").tBodies[0].replaceChildren(...learners.map((one) => one.row));
  buildLegend();
  fold();
}
function choices(select, options, key) {
  select.replaceChildren(...options.map(([value, text]) => make("option", { value, textContent: text })));
  const kept = stored(key);
  if (kept !== null && options.some(([value]) => value === kept)) select.value = kept;
  select.onchange = () => { stored(key, select.value); arrange(true); };
}
function buildTools() {
  const sections = [...new Set(klass.students.map((one) => one.section).filter(Boolean))].sort();
  choices(at("section"), [["", word("all_sections")], ...sections.map((one) => [one, one])], "section");
  at("section-label").hidden = sections.length < 2;
  choices(at("show"), ["all", "stuck", "flags", "away"].map((one) => [one, word(`show_${one}`)]), "show");
  choices(at("sort"), ["stuck", "name", "roster", "passed"].map((one) => [one, word(`sort_${one}`)]), "sort");
  at("find").oninput = () => arrange(true);
  at("fold").onclick = () => {
    const all = klass.lessons.every((_, number) => open.has(number));
    open = new Set(all ? [] : klass.lessons.keys());
    fold();
  };
}
let open = null; // the lessons whose exercises are shown
const sheet = new CSSStyleSheet();
document.adoptedStyleSheets = [sheet];
function fold() {
  if (open === null) {
    const kept = stored("open");
    open = new Set(kept ? JSON.parse(kept) : []);
  } else stored("open", JSON.stringify([...open]));
  sheet.replaceSync(klass.lessons.map((_, number) => (open.has(number) ? "" : `.x${number}{display:none}`)).join(""));
  for (const button of document.querySelectorAll("thead .lesson button"))
    button.setAttribute("aria-expanded", open.has(Number(button.dataset.lesson)));
  const all = klass.lessons.every((_, number) => open.has(number));
  at("fold").textContent = word(all ? "none" : "all");
}
function buildHead() {
  const heads = [["name", "student"], ["task", "at"], ["since", "since"], ["score", "passed"]].map(([name, text]) =>
    make("th", { className: name, role: "columnheader", textContent: word(text) }));
  klass.lessons.forEach((lesson, number) => {
    const button = make("button", { type: "button", textContent: lesson.title, title: `${lesson.title}: ${word("open_lesson")}` });
    button.dataset.lesson = number;
    button.onclick = () => { open.has(number) ? open.delete(number) : open.add(number); fold(); };
    heads.push(make("th", { className: "lesson", role: "columnheader" }, button));
    lesson.exercises.forEach((one, place) => heads.push(
      make("th", { className: `cell x${number}`, role: "columnheader", title: one.title, textContent: place + 1 })));
  });
  at("class").tHead.replaceChildren(make("tr", {}, ...heads));
}
function buildRow(student, number) {
  const name = make("b", { textContent: student.name });
  const below = make("small", { textContent: [student.id, student.section].filter(Boolean).join(" · ") });
  const button = make("button", { type: "button", title: `${student.name} (${student.id})` }, name, below);
  button.onclick = () => look(number);
  const where = make("span", { className: "where" }), what = make("span", { className: "what" });
  const since = make("td", { className: "since" }), count = make("span"), points = make("small"), bar = make("progress");
  bar.max = exercises.length;
  const task = make("td", { className: "task" }, where, what);
  task.onclick = since.onclick = () => look(number, learners[number].told?.t?.x);
  const row = make("tr", {}, make("th", { role: "rowheader" }, button), task, since,
    make("td", { className: "score" }, make("span", {}, count, points), bar));
  const cells = [], lessons = [];
  klass.lessons.forEach((lesson, place) => {
    const sum = make("span"), line = make("progress");
    line.max = lesson.exercises.length;
    const td = make("td", { className: "lesson" }, sum, line);
    lessons.push({ td, sum, line });
    row.append(td);
    lesson.exercises.forEach(() => {
      const mark = make("span", { className: "mark" });
      const x = cells.length;
      const cell = make("td", { className: `cell x${place}` }, mark);
      cell.onclick = () => look(number, x);
      cells.push({ cell, mark, told: "" });
      row.append(cell);
    });
  });
  return { number, student, row, button, where, what, since, count, points, bar, cells, lessons, told: null, is: "trying", last: -1 };
}
const set = (node, text) => { if (node.textContent !== text) node.textContent = text; };

function draw() {
  if (frame || !klass) return;
  frame = requestAnimationFrame(() => {
    frame = 0;
    for (const [number, row] of pending) if (learners[number]) drawRow(learners[number], row);
    pending.clear();
    arrange(false);
    if (selected >= 0) lookAgain();
  });
}
function drawRow(learner, row) {
  const isFirst = learner.told === null, sums = klass.lessons.map(() => 0), here = row.t ? row.t.x : -1;
  const flagged = new Set(row.g);
  learner.told = row;
  let passed = 0;
  learner.cells.forEach((one, x) => {
    const letter = row.v[x];
    if (letter === "p") { passed += 1; sums[exercises[x].lesson] += 1; }
    const told = `${letter}${letter === "." ? "" : row.w[x]}${flagged.has(x) ? "g" : ""}${x === here ? "h" : ""}`;
    if (told === one.told) return;
    one.told = told;
    const { mark, cell } = one;
    mark.classList.toggle("new", !isFirst && mark.dataset.v !== letter);
    mark.dataset.v = letter;
    mark.dataset.w = letter === "." ? "" : row.w[x];
    flagged.has(x) ? (mark.dataset.g = "") : delete mark.dataset.g;
    set(mark, MARKS[letter]);
    cell.classList.toggle("here", x === here);
    const way = letter === "." ? "" : `, ${word(row.w[x] === "t" ? "told" : "read")}`;
    const flag = flagged.has(x) ? `, ${word("flag")}` : "";
    mark.title = `${exercises[x].title}: ${word(`v_${letter === "." ? "" : letter}`)}${way}${flag}`;
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", mark.title);
  });
  learner.lessons.forEach((one, number) => {
    set(one.sum, `${sums[number]}/${one.line.max}`);
    if (one.line.value !== sums[number]) one.line.value = sums[number];
    one.td.classList.toggle("here", here >= 0 && exercises[here].lesson === number);
  });
  learner.passed = passed;
  set(learner.count, `${passed}/${exercises.length}`);
  set(learner.points, row.s ? word("p", figure(row.s[0])) : "");
  learner.points.title = row.s ? word("points", figure(row.s[0])).replace("{most}", figure(row.s[1])) : "";
  if (learner.bar.value !== passed) learner.bar.value = passed;
  drawState(learner);
}
function drawState(learner) {
  const { told } = learner, age = told.t ? Date.now() + skew - told.t.s : 0;
  learner.age = age;
  learner.is = told.e === "away" ? "unread" : told.done ? "done" : !told.t ? (told.e === "trying" ? "trying" : "waiting")
    : age > AWAY ? "idle" : age > STUCK ? "stuck" : "working";
  if (learner.row.dataset.is !== learner.is) learner.row.dataset.is = learner.is;
  const exercise = told.t ? exercises[told.t.x] : null;
  const where = { unread: word("unread"), done: `✔ ${word("done")}`, waiting: word("waiting"), trying: `${word("trying")}…` }[learner.is]
    ?? `${learner.is === "stuck" ? "▲ " : ""}${exercise.title}`;
  set(learner.where, where);
  const flags = told.f ? `⚑ ${told.f} ` : "";
  set(learner.what, flags + (learner.is === "unread" ? told.p : told.t && !told.done ? told.t.m : ""));
  learner.what.title = learner.what.textContent;
  learner.where.title = where;
  set(learner.since, told.t && !told.done ? duration(age) : "");
}
function duration(age) {
  const minutes = Math.floor(age / 60_000);
  return minutes < 1 ? word("now") : minutes < 90 ? word("minutes", minutes) : word("hours", Math.round(minutes / 60));
}

// -- order, filter, counts -------------------------------------------------------------------------

const BY = {
  stuck: (a, b) => ORDER[a.is] - ORDER[b.is] || (b.age - a.age) || a.number - b.number,
  name: (a, b) => a.student.name.localeCompare(b.student.name, klass.lang) || a.number - b.number,
  roster: (a, b) => a.number - b.number,
  passed: (a, b) => (a.passed ?? 0) - (b.passed ?? 0) || a.number - b.number,
};
function arrange(now) {
  clearTimeout(sortTimer);
  const wait = SORT_EVERY - (performance.now() - sortedAt);
  if (!now && wait > 0) { sortTimer = setTimeout(() => arrange(true), wait); return; }
  sortedAt = performance.now();
  const section = at("section").value, show = at("show").value, find = at("find").value.trim().toLocaleLowerCase();
  let shown = 0;
  for (const one of learners) {
    const fits = (!section || one.student.section === section)
      && (show === "all" || (show === "stuck" && one.is === "stuck") || (show === "away" && one.is === "unread") || (show === "flags" && one.told?.f))
      && (!find || `${one.student.name} ${one.student.id}`.toLocaleLowerCase().includes(find));
    if (one.row.hidden === !!fits) one.row.hidden = !fits;
    shown += fits ? 1 : 0;
  }
  at("nobody").hidden = shown > 0;
  const body = at("class").tBodies[0], sorted = [...learners].sort(BY[at("sort").value]);
  const focused = document.activeElement;
  let place = body.firstElementChild;
  for (const one of sorted) {
    if (one.row === place) place = place.nextElementSibling;
    else body.insertBefore(one.row, place);
  }
  if (focused && focused !== document.activeElement && body.contains(focused)) focused.focus({ preventScroll: true });
  count();
}
function count() {
  const sums = {};
  let flags = 0;
  for (const one of learners) { sums[one.is] = (sums[one.is] ?? 0) + 1; flags += one.told?.f ? 1 : 0; }
  const parts = ["stuck", "working", "waiting", "trying", "idle", "done", "unread"].filter((name) => sums[name]).map((name) => [name, sums[name]]);
  if (flags) parts.push(["flags", flags]);
  const text = JSON.stringify(parts);
  if (at("counts").dataset.told === text) return;
  at("counts").dataset.told = text;
  at("counts").replaceChildren(...parts.map(([name, sum]) =>
    make("li", { className: name }, make("b", { textContent: sum }), ` ${word(name)}`)));
}
function buildLegend() {
  const item = (letter, way, text, flag) => {
    const mark = make("span", { className: "mark", textContent: MARKS[letter] });
    mark.dataset.v = letter;
    mark.dataset.w = way;
    if (flag) mark.dataset.g = "";
    return make("span", { className: "item" }, mark, text);
  };
  at("legend").replaceChildren(item("p", "r", word("v_p")), item("f", "r", word("v_f")), item("u", "r", word("v_u")),
    item(".", "", word("v_")), item("p", "t", word("told_long")), item("p", "r", word("flag"), true),
    make("span", { className: "item", textContent: `▲ ${word("stuck")}: > ${word("minutes", STUCK / 60_000)}` }));
}

// -- one learner -----------------------------------------------------------------------------------

let sought = -1, isNew = false, asking = null, askAgain = false, pictured = "";
function look(number, x = -1) {
  if (selected >= 0) learners[selected].row.removeAttribute("aria-selected");
  selected = number;
  sought = x;
  isNew = true;
  pictured = "";
  learners[number].last = "";
  learners[number].row.setAttribute("aria-selected", "true");
  at("panel").hidden = false;
  at("picture").replaceChildren();
  at("picture-words").textContent = "";
  lookAgain(true);
}
function leave() {
  if (selected < 0) return;
  const { row, button } = learners[selected];
  row.removeAttribute("aria-selected");
  selected = -1;
  asking?.abort();
  at("panel").hidden = true;
  button.focus({ preventScroll: true });
}
at("close").onclick = leave;
addEventListener("keydown", (event) => { if (event.key === "Escape") leave(); });

async function lookAgain(first = false) {
  const number = selected, learner = learners[number];
  const told = JSON.stringify(learner.told);
  if (!first && told === learner.last) return;
  if (asking && !first) { askAgain = true; return; }
  asking?.abort(); // another learner's engine may be slow
  const mine = asking = new AbortController();
  learner.last = told;
  let wait = ASK_AGAIN;
  try {
    const answer = await fetch(`learner/${number}${query}`, { signal: mine.signal });
    if (!answer.ok) throw new Error(answer.statusText);
    const known = await answer.json();
    if (mine.signal.aborted) return;
    showLearner(known);
    await showPicture(number, mine.signal);
  } catch { // not only a lost line: a browser gives up what is on its way when a network comes or goes
    learner.last = "";
    askAgain = true;
    wait = RETRY;
  } finally {
    if (asking === mine) {
      asking = null;
      if (askAgain) setTimeout(() => { if (selected >= 0) lookAgain(); }, wait);
      askAgain = false;
    }
  }
}
function showLearner(known) {
  at("panel-name").textContent = known.name;
  const way = { told: word("told_long"), read: word("read_long"), away: known.problem, trying: word("trying") }[known.state];
  at("panel-state").textContent = [known.id, known.section, learners[selected].points.title, way, known.advice].filter(Boolean).join(" · ");
  const about = (one) => [one.exercise ? `${one.exercise}: ` : "", one.message];
  at("panel-flags").replaceChildren(...known.flags.map((flag) =>
    make("li", {}, make("span", { className: "flag", textContent: `⚑ ${word("flag")} ` }), ...about(flag))),
  ...known.notes.map((note) => make("li", { className: "note" }, ...about(note))));
  const here = learners[selected].told?.t?.x ?? -1;
  const rank = (one) => (one.x === sought ? 0 : one.x === here ? 1 : 2);
  const opened = known.exercises.filter((one) => one.x === sought || (one.verdict && one.verdict !== "passed"));
  opened.sort((a, b) => rank(a) - rank(b) || a.x - b.x);
  at("panel-findings").replaceChildren(...(opened.length ? opened.map(showExercise)
    : [make("li", { textContent: word(known.exercises.some((one) => one.verdict) ? "nothing_open" : "v_") })]));
  if (isNew) { at("panel").scrollTop = 0; at("panel-name").focus({ preventScroll: true }); }
  isNew = false;
}
function showExercise(one) {
  const mark = make("span", { className: "mark", textContent: MARKS[LETTERS[one.verdict]] });
  mark.dataset.v = LETTERS[one.verdict];
  const heading = make("h4", {}, mark, one.title);
  if (one.via) heading.append(make("span", { className: `via ${one.via}`, textContent: word(one.via) }));
  const item = make("li", { className: one.x === sought ? "sought" : "" }, heading);
  for (const finding of one.findings) {
    item.append(make("p", { textContent: finding.message }));
    if (finding.hint) item.append(make("p", { className: "hint", textContent: finding.hint }));
  }
  return item;
}
async function showPicture(number, signal) {
  const box = at("picture");
  if (klass.students[number].told) { box.textContent = word("no_picture"); return; }
  const width = Math.max(280, Math.round(box.clientWidth - 14)), join = query ? "&" : "?";
  const answer = await fetch(`picture/${number}${query}${join}width=${width}&words=1`, { signal });
  const { words: text, problem } = await answer.json();
  if (signal.aborted) return;
  at("picture-words").textContent = text ?? "";
  if (problem) { box.textContent = problem; pictured = ""; return; }
  if (pictured === text) return;
  const image = make("img", { alt: text, src: `picture/${number}${query}${join}width=${width}&at=${Date.now()}` });
  await image.decode();
  if (signal.aborted) return;
  box.replaceChildren(image);
  pictured = text;
}

// -- time passes -----------------------------------------------------------------------------------

setInterval(() => {
  if (Date.now() - heard > LOST_AFTER) { lost(); connect(); } // a line that is cut without a word
  if (!klass) return;
  for (const one of learners) if (one.told) drawState(one);
  arrange(false);
}, TICK);
connect();
