// The visitor's choice goes out at once, to the pad and with every queued event; the legend of the pad's heat comes in.
const find = (selector) => element.querySelector(selector);
const controls = Array.from(element.querySelectorAll('[data-of]'));
const control = (name) => find('[data-of=' + name + ']');
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail: { pad: props.pad, ...detail } }));
const EMPTY = 'Draw at least two strokes: each gets the colour of what it says.';

let told = null;                        // legend and strokes that are shown

const chosen = () => Object.fromEntries(controls.map((box) => [box.dataset.of, box.type === 'checkbox' ? box.checked : box.value]));

function fill(select, options, wanted) {
  select.replaceChildren(...options.map(([value, label = value]) => new Option(label, value)));
  select.value = wanted;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
}

function offer(choice) {                // what can be picked depends on the mode, and on the model
  const off = choice.show === 'off', classes = Array.from(props.classes || [], (each) => [each].flat());
  control('show').value = choice.show;
  fill(control('method'), Array.from(props.methods[off ? 'strokes' : choice.show], (pair) => Array.from(pair)), choice.method);
  fill(control('target'), [['', props.best], ...classes], choice.target);
  fill(control('other'), [['', '(nothing)'], ...classes], choice.other);
  control('sanity').checked = choice.sanity;
  controls.forEach((box) => { box.disabled = off && box.dataset.of !== 'show'; });
}

function publish() {
  offer(chosen());
  props.value = chosen();               // a new object: Gradio compares identities
  tell('sketch-options', { options: chosen() });
}

function scale(legend) {
  const at = (share) => (legend.signed ? 50 + 50 * share : 100 * share) + '%';
  const [low, range, high] = find('.hc-ends').children, bracket = find('.hc-bracket').style;
  bracket.setProperty('--from', at(legend.low));
  bracket.setProperty('--to', at(legend.high));
  find('.hc-bar').classList.toggle('unsigned', !legend.signed);
  low.textContent = legend.signed ? 'against ' + legend.ends[0] : '0';
  range.textContent = legend.range;
  high.textContent = legend.ends[1] + (legend.signed ? ' for' : '');
}

function show(heat) {
  const legend = (heat && heat.legend) || { note: EMPTY }, marks = Array.from((heat && heat.strokes) || []);
  told = { legend, strokes: marks };
  find('.hc-question').textContent = legend.question || 'Which strokes matter?';
  find('.hc-note').textContent = legend.note || '';
  find('.hc-legend').hidden = !marks.length;
  if (!marks.length) return;
  scale(legend);
  find('.hc-warning').textContent = legend.warning || '';
  find('.hc-about').textContent = legend.about;
  find('.hc-list ol').replaceChildren(...marks.map(row));
}

function saveNumbers() {                // as they stand in the list
  const cell = (text) => '"' + String(text).replaceAll('"', '""') + '"';
  const lines = told.strokes.map((mark, i) => [i + 1, mark.number, cell(told.legend.unit), cell(told.legend.question)].join(','));
  keepFile(new Blob([['stroke,value,unit,question', ...lines].join('\r\n') + '\r\n'], { type: 'text/csv' }), 'strokes.csv');
}

controls.forEach((box) => box.addEventListener('change', publish));
find('.hc-csv').addEventListener('click', saveNumbers);
document.addEventListener('sketch-heat', (event) => { if (event.detail.pad === props.pad) show(event.detail.heat); });
watch('classes', () => {                // another model: a class it does not know is no longer asked for
  const before = chosen();
  offer(before);
  if (JSON.stringify(before) !== JSON.stringify(chosen())) publish();
});
find('.hc-check').hidden = !props.sanity;
offer({ ...props.value, ...linkedTo(props.pad) });
if (JSON.stringify(chosen()) !== JSON.stringify(props.value)) publish();
show(null);
