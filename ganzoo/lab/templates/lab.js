/*
 * Each panel is a function of its record and of the element to draw in. It returns how many `frames` there are, the
 * `label` of one, and `draw`, which draws it and returns what there is to see, as a sentence.
 */
const PAUSE = 150; // milliseconds between two frames

function start(section, panel) {
  const slider = section.querySelector("input");
  const button = section.querySelector("button");
  const output = section.querySelector("output");
  const state = section.querySelector(".state");
  let timer;

  function show() {
    const frame = slider.valueAsNumber;
    output.textContent = panel.label(frame);
    slider.setAttribute("aria-valuetext", panel.label(frame));
    state.textContent = panel.draw(frame);
  }

  function stop() {
    clearInterval(timer);
    timer = undefined;
    button.textContent = "Play";
    state.setAttribute("aria-live", "polite");
  }

  function step() {
    slider.valueAsNumber += 1;
    if (slider.value === slider.max) stop();
    show();
  }

  function toggle() {
    if (timer) return stop();
    if (slider.value === slider.max) slider.value = 0;
    show();
    button.textContent = "Pause";
    // Not every step of a film is to be read out.
    state.setAttribute("aria-live", "off");
    timer = setInterval(step, PAUSE * Math.max(1, 40 / panel.frames));
  }

  slider.max = panel.frames - 1;
  slider.value = panel.first ?? slider.max;
  slider.addEventListener("input", () => { stop(); show(); });
  slider.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    toggle();
  });
  button.addEventListener("click", toggle);
  show();
}

const recorded = JSON.parse(document.getElementById("records").textContent);
for (const [name, record] of Object.entries(recorded)) {
  const section = document.getElementById(name);
  start(section, panels[name](record, section.querySelector(".plots")));
}
