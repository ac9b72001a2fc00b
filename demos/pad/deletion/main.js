// What comes in from the page, the pad and Python, and the buttons.
function show(mode) {
  playing = mode === 'guess';
  find('.de-attack').hidden = playing;
  find('.de-game').hidden = !playing;
  for (const name of ['watch', 'guess']) find('[data-act=' + name + ']').setAttribute('aria-pressed', String(playing === (name === 'guess')));
  tell();
}

function tell() {                       // the answer in one sentence, and whether it is still about this drawing
  const stale = film && film.rev !== drawing.rev && drawing.strokes.length;
  find('[data-act=stop]').hidden = !ticket;
  find('.de-question').textContent = playing ? 'Which one stroke would you delete?' : film ? 'Which strokes must go for “' + film.category + '” to be gone?' : 'Which strokes must go?';
  if (ticket) finding('Looking for the fewest strokes …');
  else if (playing) finding('Every single deletion is tried, and yours is held against the best.');
  else if (film) finding(film.note + (stale ? ' The drawing has changed since: attack it again.' : ''));
  else finding(drawing.top.length ? 'The model sees ' + drawing.top[0][0] + ', ' + percent(drawing.top[0][1]) + '.' : '');
}

function receive() {
  const next = props.value ? JSON.parse(props.value) : null;
  if (!next) return;
  if (!next.ticket || next.ticket === ticket) ticket = '';
  if (!next.stopped) open(next);
  tell();
}

function open(next) {
  film = next;
  find('.de-attack .de-empty').hidden = true;
  find('.de-body').hidden = false;
  buildStage();
  drawModels();
  find('.de-about').textContent = film.about + (film.restored.length ? ' Put back alone, stroke ' + film.restored.join(' or ') + ' brings ' + film.category + ' back.' : '');
  go(film.steps.length - 1);
  show('watch');
}

function heard(answer) {                // of the pad; the pen may still be down
  if (!(answer.rev >= drawing.rev)) return;
  const strokes = Array.from(answer.strokes || [], ({ id, pts }) => ({ id, pts: Array.from(pts, (point) => Array.from(point)) }));
  drawing = { rev: answer.rev, strokes, top: Array.from(answer.top, (pair) => Array.from(pair)) };
  buildTable();
  tell();
}

const acts = {
  watch() { show('watch'); },
  guess() { show('guess'); },
  back() { go(at - 1); },
  forth() { go(at + 1); },
  retry() { rounds.pop(); buildTable(); },
  next,
  stop() { server[props.stop]({ ticket }); finding('Stopping …'); },
};
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-act], [data-save]'), menu = find('.de-menu');
  if (!menu.contains(event.target)) menu.open = false;
  if (!button) return;
  if (button.dataset.act) acts[button.dataset.act]();
  else { menu.open = false; save(button.dataset.save); }
});
element.addEventListener('keydown', (event) => { if (event.key === 'Escape') find('.de-menu').open = false; });
document.addEventListener('sketch-answer', (event) => { if (event.detail.pad === props.pad) heard(event.detail); });
document.addEventListener('attack-asked', (event) => { ticket = event.detail.ticket; tell(); });
document.addEventListener('attack-ended', () => { ticket = ''; tell(); });
watch('value', receive);
watch('model', () => { if (round) buildTable(); });
receive();
buildTable();
tell();
