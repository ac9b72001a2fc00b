// Keyboard: arrows move (Shift: further), Space or Enter puts the pen down or up, Escape drops the stroke,
// [ and ] choose a stroke, Delete removes it, E is the eraser, Ctrl+Z and Ctrl+Y undo and redo.
const KEYS = -1, STEP = 4, LEAP = 16;
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const at = { x: SIZE / 2, y: SIZE / 2 };
const keyPen = () => pen !== null && pen.pointer === KEYS;

function keyPoint() {
  pen.pts.push([at.x, at.y, Math.round(performance.now() - pen.began), 0.5]);
  drawLive();
  askWhileDrawing();
}

function moveCursor([dx, dy], step) {
  at.x = inside(at.x + dx * step);
  at.y = inside(at.y + dy * step);
  cursor.removeAttribute('hidden');
  cursor.setAttribute('transform', 'translate(' + at.x + ' ' + at.y + ')');
  if (keyPen()) keyPoint();
}

function toggleKeyPen() {
  if (keyPen()) { penUp(); return; }
  if (pen || eraser) return;
  penDown(KEYS, performance.now());
  moveCursor([0, 0], 0);
  say('Pen down');
}

function choose(step) {
  const strokes = strokesNow();
  if (!strokes.length) return;
  chosen = chosen < 0 ? (step > 0 ? 0 : strokes.length - 1) : (chosen + step + strokes.length) % strokes.length;
  render();
  const stroke = strokes[chosen], { value } = markOf(stroke);
  say('Stroke ' + (chosen + 1) + ' of ' + strokes.length + (value ? ', ' + value : ''));
  showTip(stroke);
}

function removeChosen() {
  if (chosen >= 0) commit(strokesNow().filter((_, i) => i !== chosen), 'Stroke removed');
}

document.addEventListener('sketch-remove', ({ detail }) => { // the page suggests it: one step of the history
  const left = strokesNow().filter((stroke) => !detail.ids.includes(stroke.id)), gone = strokesNow().length - left.length;
  if (detail.pad === props.name && gone) commit(left, counted(gone) + ' removed');
});

function drawingKey(event) {
  const key = event.key;
  if (MOVES[key]) moveCursor(MOVES[key], event.shiftKey ? LEAP : STEP);
  else if (key === ' ' || key === 'Enter') toggleKeyPen();
  else if (key === 'Escape' && keyPen()) dropPen();
  else if (key === '[' || key === ']') choose(key === ']' ? 1 : -1);
  else if (key === 'Delete' || key === 'Backspace') removeChosen();
  else if (key.toLowerCase() === 'e') acts.erase();
  else return false;
  return true;
}

function historyKey(event) {
  const key = event.key.toLowerCase();
  if (key === 'z') acts[event.shiftKey ? 'redo' : 'undo']();
  else if (key === 'y') acts.redo();
  else return false;
  return true;
}

element.addEventListener('keydown', (event) => {
  if (event.target.matches('input')) return;
  paper.classList.remove('pointed');
  const command = event.ctrlKey || event.metaKey;
  const used = command ? historyKey(event) : event.target === paper && !event.altKey && drawingKey(event);
  if (used) event.preventDefault();
});
paper.addEventListener('blur', () => {
  cursor.setAttribute('hidden', '');
  paper.classList.remove('pointed');
  if (keyPen()) penUp();
});
