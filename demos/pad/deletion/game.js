// The game: one stroke is chosen, by mouse, finger or keyboard, and held against the best of all.
const table = find('.de-game .de-paper'), rounds = [];
let round = null;                       // of the drawing on the pad: what Python answered and which id was chosen
let playing = false;

function buildTable() {                 // a wide, unseen line over each stroke is what can be hit
  round = null;
  const strokes = drawing.strokes, enough = strokes.length > 1;
  find('.de-game .de-empty').hidden = enough;
  find('.de-game .de-main').hidden = !enough;
  find('[data-act=retry]').hidden = true;
  table.replaceChildren(...strokes.map(handle));
  table.setAttribute('viewBox', enough ? viewOf(strokes.map((stroke) => stroke.pts)) : '0 0 1 1');
  drawRound();
}

function handle(stroke, place) {
  const group = svg('g', { tabindex: 0, role: 'button', 'aria-label': 'Delete stroke ' + (place + 1), class: 'de-handle' });
  group.dataset.id = stroke.id;
  for (const kind of ['de-hit', 'de-ink']) svg('path', { class: kind, d: outline(stroke.pts) }, group);
  group.addEventListener('click', () => choose(stroke.id));
  group.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    choose(stroke.id);
  });
  return group;
}

function choose(id) {
  if (round) return;
  const asked = drawing;
  round = { id };
  find('.de-score').textContent = 'Every single deletion is being tried …';
  const sketch = { v: 1, size: 1, rev: asked.rev, strokes: asked.strokes };
  server[props.play]({ sketch, model: props.model }).then((answer) => {
    if (asked !== drawing) return;
    if (answer.error) { round = null; drawRound(); warn(answer.error); return; }
    round = { id, ...answer };
    rounds.push(rowOf(id).points);
    drawRound();
  }).catch(() => { round = null; drawRound(); warn('The server did not answer: check the connection, the drawing is still here.'); });
}

const rowOf = (id) => round.rows.find((row) => row.id === id);
const numberOf = (id) => drawing.strokes.findIndex((stroke) => stroke.id === id) + 1;

function verdict() {
  if (!round || !round.rows) return ['The model sees ', html('strong', '', null, drawing.top.length ? drawing.top[0][0] : '…'), '. Which one stroke would you delete to hurt that most? Click it, or move with Tab and press Enter.'];
  const own = rowOf(round.id), best = rowOf(round.best), score = html('strong', 'de-points', null, own.points + ' points');
  const effect = (row) => round.category + ' ' + percent(round.chance) + ' → ' + percent(row.chance) + (row.top === round.category ? '' : ', now ' + row.top);
  const yours = '. Stroke ' + numberOf(round.id) + ': ' + effect(own) + '. ';
  return [score, yours, own.id === best.id ? 'No other single stroke does more.' : 'The best was stroke ' + numberOf(best.id) + ': ' + effect(best) + '.'];
}

function rankItem(row) {
  const item = html('li', row.id === round.best ? 'best' : '');
  html('span', '', item, 'Stroke ' + numberOf(row.id) + (row.id === round.id ? ', yours' : ''));
  html('i', '', html('b', '', item)).style.setProperty('--share', row.points / 100);
  html('strong', '', item, percent(row.chance));
  return item;
}

function drawRound() {
  const over = Boolean(round && round.rows);
  find('.de-score').replaceChildren(...verdict());
  for (const group of table.children) {
    const id = Number(group.dataset.id);
    group.classList.toggle('gone', over && id === round.id);
    group.classList.toggle('best', over && id === round.best);
    group.setAttribute('aria-disabled', String(over));
  }
  find('[data-act=retry]').hidden = !over;
  const rows = over ? [...round.rows].sort((a, b) => b.points - a.points || a.chance - b.chance).slice(0, 8) : [];
  find('.de-rank').replaceChildren(...rows.map(rankItem));
  find('.de-rounds').textContent = rounds.length ? 'Your rounds: ' + rounds.join(', ') + '.' : '';
}

function next() {                       // another example of the pad, by chance
  const buttons = Array.from(document.getElementById(props.pad).querySelectorAll('.sp-examples button'));
  const others = buttons.filter((button) => button.title !== next.last);
  const button = others[Math.floor(Math.random() * others.length)];
  if (!button) return;
  next.last = button.title;
  button.click();
}
