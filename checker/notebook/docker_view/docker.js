// A docker command that is under way: its bar, and what it prints, which is put on the page as text
// only. The cell shows a still page in its place as soon as the command has ended.

const make = (tag, name, parent) => {
  const element = document.createElement(tag);
  element.className = name;
  parent.append(element);
  return element;
};

const say = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

export default {
  render({ model, el }) {
    const box = make("div", "dojo-docker", el);
    box.lang = model.get("lang");
    const head = make("div", "dojo-docker-head", box);
    const label = make("code", "dojo-docker-label", head);
    const state = make("span", "", head);
    const mark = make("span", "dojo-docker-mark", state);
    mark.setAttribute("aria-hidden", "true");
    const words = make("span", "dojo-docker-words", state);
    const bar = make("div", "dojo-docker-bar", box);
    bar.setAttribute("role", "progressbar");
    bar.setAttribute("aria-valuemin", "0");
    const fill = make("div", "dojo-docker-fill", bar);
    const output = make("pre", "dojo-docker-output", box);
    output.tabIndex = 0;

    const show = () => {
      const [done, total] = [model.get("done"), model.get("total")];
      say(label, model.get("label"));
      say(mark, model.get("mark"));
      say(words, ` ${model.get("words")}`);
      bar.setAttribute("aria-label", model.get("label"));
      bar.setAttribute("aria-valuetext", model.get("words"));
      bar.classList.toggle("dojo-docker-unknown", !total);
      if (total) {
        bar.setAttribute("aria-valuemax", total);
        bar.setAttribute("aria-valuenow", done);
        fill.style.width = `${(100 * done) / total}%`;
      }
    };
    const print = () => {
      // It follows the end, unless somebody reads further up.
      const follows = output.scrollHeight - output.scrollTop - output.clientHeight < 8;
      say(output, model.get("output"));
      output.hidden = !model.get("output");
      if (follows) output.scrollTop = output.scrollHeight;
    };
    const on = ["label", "words", "mark", "done", "total"].map((name) => `change:${name}`).join(" ");
    model.on(on, show);
    model.on("change:output", print);
    show();
    print();
    return () => {
      model.off(on, show);
      model.off("change:output", print);
    };
  },
};
