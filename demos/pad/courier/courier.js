// Errands: a tab is opened; once its pad is there, a drawing is handed over, an example chosen, a button pressed.
const LOOK_MS = 50, PATIENCE_MS = 10000;
const places = JSON.parse(props.places), waiting = new Map();   // errands by the name of the pad they wait for
const padOf = (tab) => (places.find((place) => place[0] === tab) || ['', ''])[1];
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
const part = (pad, selector) => document.querySelector('[id="' + pad + '"] ' + selector);

function open(tab) {
  props.value = { tab };                // a new object: Gradio compares identities
  trigger('input');
  window.scrollTo(0, 0);
}

function press(id, until = performance.now() + PATIENCE_MS) {
  const button = document.getElementById(id);
  if (button && !button.disabled && button.offsetParent) button.click();
  else if (performance.now() < until) setTimeout(press, LOOK_MS, id, until);
}

function deliver(pad, errand) {
  part(pad, '.sp-paper').focus({ preventScroll: true });
  if (errand.strokes) tell('sketch-deliver', { pad, strokes: errand.strokes, words: errand.words });
  const buttons = Array.from(document.querySelectorAll('[id="' + pad + '"] .sp-examples button'));
  const example = errand.example && buttons.find((button) => button.dataset.name === errand.example);
  if (example) example.click();
  if (errand.press) setTimeout(press, LOOK_MS, errand.press);   // once Gradio knows what is on the pad
}

const soon = (then) => requestAnimationFrame(() => setTimeout(then));   // a tab is shown, and what is in it mounts, in one breath

document.addEventListener('sketch-errand', ({ detail }) => {
  const pad = padOf(detail.tab), there = pad && part(pad, '.sp-paper');
  open(detail.tab);
  if (there) soon(() => deliver(pad, detail));
  else if (pad) waiting.set(pad, detail);
});
document.addEventListener('sketch-ready', ({ detail }) => {
  const errand = waiting.get(detail.pad);
  waiting.delete(detail.pad);
  if (errand) soon(() => deliver(detail.pad, errand));
});
document.addEventListener('sketch-places', ({ detail }) => {
  const own = places.find((place) => place[1] === detail.pad);
  detail.tab = own ? own[0] : '';
  detail.others = places.filter((place) => place[1] && place !== own).map((place) => place[0]);
});
