// The photo to draw, what the fast call says of its rank, and what the pad's heat says of the strokes.
const KEPT = 'strokescope drawn';
const method = find('[data-of=method]'), list = find('.gu-marked ol');
const counted = (number, what) => number + ' ' + what + (number === 1 ? '' : 's');
let told = null, legend = null, shown = -1, removed = 0;   // the newest answer and legend; strokes just removed

function publish() {
  props.value = { aim: wanted.aim, method: method.value };   // a new object: Gradio compares identities
  tell('sketch-options', { options: { ...props.value } });
  keep(KEPT);
}

function setAim(name) {
  if (!name || name === wanted.aim) return;
  wanted.aim = name;
  told = legend = null;
  draw();
  publish();
}

function another() {
  const others = names.filter((name) => name !== wanted.aim);
  setAim(others[Math.floor(Math.random() * others.length)]);
}

function remove() {
  if (!legend || !legend.flagged.length) return;
  removed = legend.flagged.length;
  tell('sketch-remove', { ids: Array.from(legend.flagged) });
}

function bold(text) {
  const strong = document.createElement('strong');
  strong.textContent = text;
  return strong;
}

function verdict() {
  if (!told) return ['Draw it on the pad, or pick an example under it: after every stroke its rank among ' + names.length + ' photos stands here.'];
  return [bold('Rank ' + told.rank), ' of ' + told.photos + ' with ' + counted(told.strokes, 'stroke')];
}

function aside() {
  if (!told) return [];
  if (removed) return [counted(removed, 'stroke') + ' removed; Undo on the pad brings ' + (removed === 1 ? 'it' : 'them') + ' back.'];
  if (!legend || !legend.flagged.length) return [];
  return [bold('Rank ' + legend.rank_after), ' without the marked ' + (legend.flagged.length === 1 ? 'one' : legend.flagged.length)];
}

function draw() {
  const img = find('.gu-aim img'), aim = wanted.aim, some = Boolean(legend && legend.flagged.length);
  img.alt = aim ? 'The photo to draw, ' + titleOf(aim) : '';
  find('.gu-aim figcaption').textContent = titleOf(aim);
  if (aim && !picture(img, aim)) fetched([aim]).then(() => { if (aim === wanted.aim) picture(img, aim); });
  find('.gu-score').replaceChildren(...verdict());
  find('.gu-without').replaceChildren(...aside());
  const button = find('[data-act=remove]');
  button.setAttribute('aria-disabled', String(!some));
  button.textContent = some ? 'Remove ' + legend.flagged.length + ' suggested' : 'Remove suggested';
}

function answered(answer) {             // of the fast call; the strokes are judged by the second one
  if (!(answer.rev >= shown) || answer.top.length && answer.aim !== wanted.aim) return;
  shown = answer.rev;
  if (told && answer.top.length && answer.strokes > told.strokes) removed = 0;
  told = answer.top.length ? answer : null;
  if (!told) { legend = null; removed = 0; marked(null); }
  draw();
}

function marked(heat) {
  const said = heat && heat.legend;
  if (said && said.aim !== wanted.aim) return;
  legend = said && said.flagged ? said : null;
  if (legend && legend.flagged.length) removed = 0;
  const marks = Array.from((heat && heat.strokes) || []), out = new Set(Array.from((legend && legend.flagged) || []));
  list.replaceChildren(...marks.map((mark, i) => [mark, i]).filter(([mark]) => out.has(mark.id)).map(([mark, i]) => row(mark, i)));
  find('.gu-note').textContent = said ? said.note : 'Strokes that do not match the photo are marked on the pad while you draw.';
  find('.gu-about').textContent = legend ? legend.about : '';
  draw();
}

const acts = { remove, another, more, choose() { open(find('.gu-chooser').hidden); } };
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-act]');
  if (button) acts[button.dataset.act]();
});
document.addEventListener('sketch-answer', ({ detail }) => { if (detail.pad === props.pad) answered(detail); });
document.addEventListener('sketch-heat', ({ detail }) => { if (detail.pad === props.pad) marked(detail.heat); });
document.addEventListener('click', (event) => { // an example is of a photo: that is the one to draw
  const button = event.target.closest('.sp-examples button');
  const photo = button && button.closest('[id="' + props.pad + '"]') && props.photo_of[button.dataset.name];
  if (photo) setAim(photo);
}, true);
method.replaceChildren(...Array.from(props.methods, ([value, label]) => new Option(label, value)));
const linked = linkedTo(props.pad).method;
if (Array.from(method.options).some(({ value }) => value === linked)) method.value = linked;
method.addEventListener('change', () => { if (told) find('.gu-note').textContent = 'Judging the strokes anew.'; publish(); });
marked(null);
begin(KEPT);
