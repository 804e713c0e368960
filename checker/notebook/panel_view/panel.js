// The lesson's panel in the browser. Python sends words and states, never decisions to make; what
// comes from an engine is put on the page as text only (`textContent`), so markup in it does
// nothing. Elements are made once and changed where their words changed: the keyboard's focus,
// what is half typed and what is folded stay as they are.
//
// kind "lesson": heading, engine, all exercises, picture. kind "exercise": one exercise's line.

const STEP = 40;

const make = (tag, name, parent) => {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (parent) parent.append(element);
  return element;
};

const say = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
  element.hidden = !text;
};

// The same, with `words` between backticks as code.
const sayCoded = (element, text) => {
  if (element.dojoText !== text) {
    element.dojoText = text;
    element.replaceChildren();
    coded(element, text);
  }
  element.hidden = !text;
};

// Adds text in which `words` between backticks are code. It stays text: nothing of it is HTML.
const coded = (element, text) => {
  const parts = text.split("`");
  if (parts.length % 2) parts.forEach((part, at) => element.append(at % 2 ? code(part) : part));
  else element.append(text);
};

const code = (text) => {
  const element = make("code");
  element.textContent = text;
  return element;
};

// Sets HTML that Python made from the course's own Markdown, or drew; only where it changed.
const markup = (element, html) => {
  if (element.dojoHtml !== html) {
    element.dojoHtml = html;
    element.innerHTML = html;
  }
  element.hidden = !html;
};

const button = (parent, name, act) => {
  const element = make("button", `dojo-button ${name}`, parent);
  element.type = "button";
  element.addEventListener("click", act);
  return element;
};

// JupyterLab's shortcuts (a: new cell, d d: delete) must not see what is typed here.
const keepKeys = (element) => {
  for (const kind of ["keydown", "keypress", "keyup"])
    element.addEventListener(kind, (event) => event.stopPropagation());
  element.dataset.lmSuppressShortcuts = "true";
};

// An answer that was given elsewhere comes into its field, unless the learner has put something
// else there meanwhile: `heard` is what Python said last, `left` what the field held when it was
// filled or sent.
class Field {
  constructor(name, element, value) {
    this.name = name;
    this.element = element;
    this.heard = this.left = element.value = value;
  }

  hear(value) {
    const untouched = this.element.value === this.left;
    if (value !== this.heard && untouched) this.left = this.element.value = value;
    this.heard = value;
  }

  sent() {
    this.left = this.element.value;
  }
}

class Form {
  constructor(parent, form, words, send) {
    this.element = make("form", "dojo-form", parent);
    keepKeys(this.element);
    this.fields = [];
    if (form.items) {
      for (const item of form.items) this.#choice(item, form, words);
    } else {
      const label = make("label", "dojo-field", this.element);
      make("span", "", label).textContent = form.label;
      const input = make("input", "", label);
      input.type = "text";
      input.autocomplete = "off";
      input.spellcheck = false;
      this.fields.push(new Field("", input, form.value));
    }
    this.submit = make("button", "dojo-button dojo-send", this.element);
    this.submit.type = "submit";
    this.submit.textContent = form.button;
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      for (const field of this.fields) field.sent();
      send(this.#value());
    });
  }

  #choice(item, form, words) {
    const label = make("label", "dojo-choice", this.element);
    make("span", "", label).textContent = item.title;
    const select = make("select", "", label);
    select.name = item.name;
    const none = make("option", "", select);
    none.value = "";
    none.textContent = words.choose;
    for (const [name, title] of form.places) {
      const option = make("option", "", select);
      option.value = name;
      option.textContent = title;
    }
    this.fields.push(new Field(item.name, select, item.given));
  }

  show(form) {
    const given = form.items ? form.items.map((item) => item.given) : [form.value];
    this.fields.forEach((field, at) => field.hear(given[at]));
  }

  #value() {
    const given = this.fields.map(({ name, element }) => [name, element.value]);
    const some = given.filter(([, value]) => value.trim());
    return some.map(([name, value]) => (name ? `${name}=${value}` : value)).join(" ");
  }
}

class Exercise {
  constructor(parent, row, words, send, folds) {
    this.send = (action, value = "") => {
      this.element.setAttribute("aria-busy", "true");
      this.#enable(false);
      send({ action, exercise: row.name, value });
    };
    this.element = make(folds ? "details" : "section", "dojo-exercise", parent);
    this.element.dataset.name = row.name;
    const line = make(folds ? "summary" : "div", "dojo-line", this.element);
    if (folds) line.addEventListener("click", () => (this.element.dojoTouched = true));
    this.state = make("span", "dojo-state", line);
    this.mark = make("span", "dojo-mark", this.state);
    this.mark.setAttribute("aria-hidden", "true");
    this.word = make("span", "dojo-word", this.state);
    make("span", "dojo-title", line).textContent = row.title;
    make("code", "dojo-name", line).textContent = row.name;
    this.points = make("span", "dojo-points", line);
    this.body = make("div", "dojo-body", this.element);
    if (folds) markup(make("div", "dojo-task", this.body), row.task);
    this.findings = make("ul", "dojo-findings", this.body);
    this.hints = make("ol", "dojo-hints", this.body);
    this.hints.setAttribute("aria-label", words.hints);
    this.formPlace = make("div", "", this.body);
    this.note = make("p", "dojo-note", this.body);
    this.note.setAttribute("role", "status");
    this.solution = make("pre", "dojo-solution", this.body);
    this.solution.tabIndex = 0;
    this.buttons = make("div", "dojo-buttons", this.body);
    this.hint = button(this.buttons, "dojo-hint", () => this.send("hint"));
    this.give = button(this.buttons, "dojo-give", () => this.send("solution"));
    this.words = words;
  }

  show(row) {
    const text = JSON.stringify(row);
    if (text === this.shown) return;
    this.shown = text;
    this.element.dataset.verdict = row.verdict || "untried";
    say(this.mark, row.mark);
    say(this.word, row.word);
    say(this.points, row.points);
    this.#showFindings(row.findings);
    this.#showHints(row.hints);
    if (row.form && this.form) this.form.show(row.form);
    else if (row.form)
      this.form = new Form(this.formPlace, row.form, this.words, (v) => this.send("answer", v));
    this.formPlace.hidden = !row.form;
    sayCoded(this.note, row.note);
    say(this.solution, row.solution);
    say(this.hint, row.hint_button);
    say(this.give, row.solution_button);
  }

  done() {
    this.element.removeAttribute("aria-busy");
    this.#enable(true);
  }

  #enable(enabled) {
    for (const each of this.element.querySelectorAll("button")) each.disabled = !enabled;
  }

  #showFindings(findings) {
    const text = JSON.stringify(findings);
    if (text === this.findings.dojoShown) return;
    this.findings.dojoShown = text;
    this.findings.replaceChildren();
    for (const finding of findings) {
      const item = make("li", "", this.findings);
      item.dataset.verdict = finding.verdict;
      make("span", "dojo-mark", item).textContent = finding.mark;
      make("span", "", item).textContent = finding.text;
      if (finding.next) coded(make("div", "dojo-next", item), `→ ${finding.next}`);
    }
    this.findings.hidden = !findings.length;
  }

  #showHints(hints) {
    while (this.hints.children.length > hints.length) this.hints.lastChild.remove();
    hints.forEach((html, at) => markup(this.hints.children[at] ?? make("li", "", this.hints), html));
    this.hints.hidden = !hints.length;
  }
}

class Exercises {
  constructor(parent, model, words, folds) {
    this.parent = parent;
    this.words = words;
    this.folds = folds;
    this.send = (message) => model.send(message);
    this.all = new Map();
    this.news = make("div", "dojo-unseen", parent);
    this.news.setAttribute("aria-live", "polite");
  }

  show(rows) {
    const news = [];
    for (const row of rows) {
      let one = this.all.get(row.name);
      if (!one) {
        one = new Exercise(this.parent, row, this.words, this.send, this.folds);
        this.all.set(row.name, one);
      } else if (one.verdict !== row.verdict) {
        news.push(`${row.title}: ${row.word}`);
        this.#flash(one.element);
      }
      one.verdict = row.verdict;
      one.show(row);
    }
    if (news.length) this.news.textContent = news.join(". ");
    if (this.folds) this.#unfoldNext(rows);
  }

  done(name) {
    this.all.get(name)?.done();
  }

  // The first exercise that is open is unfolded; whatever the learner folded or unfolded stays.
  #unfoldNext(rows) {
    const next = rows.find((row) => row.verdict !== "passed")?.name;
    if (next === this.next) return;
    for (const [name, { element }] of this.all)
      if (!element.dojoTouched) element.open = name === next;
    this.next = next;
  }

  #flash(element) {
    element.classList.remove("dojo-changed");
    void element.offsetWidth; // lets the animation begin again
    element.classList.add("dojo-changed");
  }
}

class Heading {
  constructor(parent) {
    this.element = make("header", "dojo-heading", parent);
    this.title = make("strong", "dojo-name-of-lesson", this.element);
    this.progress = make("progress", "", this.element);
    this.done = make("span", "dojo-done", this.element);
    this.engine = make("div", "dojo-engine", this.element);
    this.engine.setAttribute("role", "status");
    this.mark = make("span", "dojo-mark", this.engine);
    this.mark.setAttribute("aria-hidden", "true");
    this.word = make("span", "", this.engine);
    this.advice = make("div", "dojo-next", this.engine);
  }

  show(head) {
    say(this.title, head.title);
    this.progress.max = head.total;
    this.progress.value = head.points;
    this.progress.setAttribute("aria-label", head.done);
    say(this.done, head.done);
    this.engine.dataset.verdict = head.engine.verdict;
    say(this.mark, head.engine.mark);
    say(this.word, head.engine.text);
    sayCoded(this.advice, head.engine.advice && `→ ${head.engine.advice}`);
  }
}

class Picture {
  constructor(parent, words, send) {
    this.element = make("details", "dojo-drawn", parent);
    this.element.open = true;
    make("summary", "", this.element).textContent = words.picture;
    this.drawing = make("div", "dojo-drawing", this.element);
    this.drawing.tabIndex = 0;
    this.drawing.setAttribute("role", "group");
    this.drawing.setAttribute("aria-label", words.picture);
    this.problem = make("p", "dojo-note", this.element);
    this.more = make("details", "dojo-words", this.element);
    make("summary", "", this.more).textContent = words.in_words;
    this.text = make("pre", "", this.more);
    this.#tellWidth(send);
  }

  show(picture) {
    this.element.hidden = !(picture.drawing || picture.problem);
    markup(this.drawing, picture.drawing ?? "");
    say(this.problem, picture.problem ?? "");
    say(this.text, picture.text ?? "");
    this.more.hidden = !picture.text;
  }

  stop() {
    this.observer.disconnect();
  }

  // The picture is drawn for the room that there is, in steps: not at each pixel of a drag.
  #tellWidth(send) {
    let told = 0;
    this.observer = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry.contentRect.width / STEP) * STEP;
      if (width && width !== told) send({ action: "width", value: (told = width) });
    });
    this.observer.observe(this.element.parentElement);
  }
}

function render({ model, el }) {
  const words = model.get("words");
  const isLesson = model.get("kind") === "lesson";
  const root = make("div", `dojo dojo-${model.get("kind")}`, el);
  root.lang = model.get("lang");
  if (isLesson) {
    root.setAttribute("role", "region");
    root.setAttribute("aria-label", words.panel);
  }
  make("p", "dojo-stale", root).textContent = words.stale;
  const parts = [];
  const follow = (trait, part) => {
    const show = () => part.show(model.get(trait));
    model.on(`change:${trait}`, show);
    parts.push(() => model.off(`change:${trait}`, show));
    show();
  };
  if (isLesson) follow("head", new Heading(root));
  const exercises = new Exercises(make("div", "dojo-exercises", root), model, words, isLesson);
  follow("rows", exercises);
  if (isLesson) {
    const picture = new Picture(root, words, (message) => model.send(message));
    follow("picture", picture);
    parts.push(() => picture.stop());
  }
  const heard = (message) => exercises.done(message.done);
  model.on("msg:custom", heard);
  return () => {
    model.off("msg:custom", heard);
    for (const stop of parts) stop();
  };
}

export default { render };
