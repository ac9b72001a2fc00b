// The canvases as radio buttons, each with what the network would see, and the price of the one it reads.
const find = (selector) => element.querySelector(selector);
const canvases = Array.from(props.canvases), row = find('.si-row'), meter = find('.si-meter');
const NAMES = ['this query', 'always ' + canvases[canvases.length - 1] + ' px', 'VGG16 teacher'];
const EMPTY = 'Every canvas is drawn from the strokes anew. The network glances at the smallest and reads a larger one where two photos look alike, or the one you pick.';
const FREE = 'Of one query, against always the largest canvas and the VGG16 teacher of the paper.';
let shown = -1;

function child(parent, kind, name, text) {
  const made = parent.appendChild(document.createElement(kind));
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
}

function option(value, name) {
  const label = child(row, 'label', name), box = child(label, 'input');
  Object.assign(box, { type: 'radio', name: props.pad + '-canvas', value, checked: value === '' });
  box.addEventListener('change', () => choose(value));
  return label;
}

function canvas(side) {
  const label = option(String(side), 'si-canvas');
  Object.assign(child(child(label, 'span', 'si-picture'), 'img'), { alt: '', hidden: true });
  const name = child(label, 'span', 'si-name');
  child(name, 'span', '', side + ' px');
  child(name, 'em');
  child(child(label, 'span', 'si-bar'), 'i');
  return label;
}

function choose(value) {
  props.value = { canvas: value };      // a new object: Gradio compares identities
  document.dispatchEvent(new CustomEvent('sketch-options', { detail: { pad: props.pad, options: { canvas: value } } }));
}

function gauge(name) {
  const item = child(meter, 'li');
  child(item, 'span', '', name);
  child(child(item, 'b'), 'i');
  child(item, 'span');
  return item;
}

const percent = (share) => Math.round(100 * share) + ' %';
const digits = (number) => number.toFixed(number < 0.1 ? 3 : 2);
const fewer = (ratio) => (ratio < 1.05 ? 'as many as' : (ratio < 10 ? ratio.toFixed(1) : Math.round(ratio)) + ' × fewer than');

function finding({ looks, chances }) {
  const best = chances.indexOf(Math.max(...chances)), told = canvases[best] + ' px (' + percent(chances[best]) + ')';
  const [first, again] = looks, byHand = find('.si-row :checked').value;
  if (byHand) return 'Read at ' + first + ' px, as you chose; the selector would take ' + told + '.';
  if (again) return 'At ' + first + ' px two photos were too alike; the selector took ' + told + '.';
  return first === canvases[0] ? 'A glance at ' + first + ' px is enough: one photo stands out.' : 'The selector took ' + told + '.';
}

function blank() {
  labels.forEach((label) => {
    label.classList.remove('read');
    label.querySelector('img').hidden = true;
    label.querySelector('em').textContent = '';
    label.querySelector('.si-bar i').style.setProperty('--share', 0);
  });
  find('.si-finding').textContent = EMPTY;
  find('.si-cost').textContent = FREE;
  find('.si-time').textContent = '';
  gauges.forEach((item) => { item.lastChild.textContent = ''; item.querySelector('i').style.setProperty('--share', 0); });
}

function price(item, gflops) {          // on a logarithmic axis from 0.01 to 100
  item.querySelector('i').style.setProperty('--share', Math.min(1, Math.max(0, (Math.log10(gflops) + 2) / 4)));
  item.lastChild.textContent = digits(gflops);
}

function show(answer) {
  if (!(answer.rev >= shown)) return;
  shown = answer.rev;
  if (!answer.top.length) { blank(); return; }
  const chances = Array.from(answer.chances), sights = Array.from(answer.sights), looks = Array.from(answer.looks);
  labels.forEach((label, i) => {
    if (sights[i]) Object.assign(label.querySelector('img'), { src: 'data:image/png;base64,' + sights[i], hidden: false });
    label.querySelector('em').textContent = percent(chances[i]);
    label.querySelector('.si-bar i').style.setProperty('--share', chances[i]);
    label.classList.toggle('read', canvases[i] === answer.canvas);
  });
  find('.si-finding').textContent = finding({ looks, chances });
  const { gflops, most_gflops: most, teacher_gflops: teacher } = answer, strong = document.createElement('strong');
  strong.textContent = digits(gflops) + ' GFLOPs';
  const rest = ': ' + fewer(most / gflops) + ' always ' + canvases[canvases.length - 1] + ' px, ' + fewer(teacher / gflops) + ' the paper’s VGG16 teacher.';
  find('.si-cost').replaceChildren(strong, rest);
  [gflops, most, teacher].forEach((each, i) => price(gauges[i], each));
  find('.si-time').textContent = answer.milliseconds.toFixed(1) + ' ms on this server, the search of ' + answer.photos + ' photos included; measured once.';
}

child(option('', 'si-auto'), 'span', '', 'Auto');
const labels = canvases.map(canvas), gauges = NAMES.map(gauge);
document.addEventListener('sketch-answer', (event) => { if (event.detail.pad === props.pad) show(event.detail); });
const linked = row.querySelector('[value="' + CSS.escape(String(linkedTo(props.pad).canvas || '')) + '"]');
if (linked && linked.value) { linked.checked = true; choose(linked.value); }
blank();
