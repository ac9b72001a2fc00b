// Talking to Python: a fast call while the pen moves (one in flight, the newest waits), a queued event once it rests.
const pace = Object.assign({ live_ms: 90, settle_ms: 300 }, props.pace || {});
let options = props.options || null;    // what the page wants to know besides, passed on as it is
let rev = 0, busy = false, waiting = null, settling = 0, ticking = 0, failed = '';

const valueOf = (strokes) => ({ v: 1, size: SIZE, rev, strokes });
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail: { pad: props.name, ...detail } }));

function commit(strokes, words) {       // a new list becomes the drawing
  record(strokes);
  changed(words);
}

function changed(words) {
  chosen = -1;
  render();
  publish();
  say(words);
}

function publish() {
  rev += 1;
  props.value = valueOf(strokesNow());  // a new object: Gradio compares identities
  paper.dataset.rev = rev;
  paper.dataset.ended = performance.now();
  ask(valueOf(strokesNow()));
  settle();
}

function settle() {                     // with a fast call, the queued event waits until the hand rests
  clearTimeout(settling);
  settling = setTimeout(() => (pen ? settle() : trigger('input', { rev })), props.live ? pace.settle_ms : 0);
}

function ask(sketch, drawing = false) { // drawing: the pen is down, only the guesses are wanted
  if (!props.live) return;
  if (!sketch.strokes.length) { waiting = null; setHeat(null); tell('sketch-answer', { rev: sketch.rev, top: [] }); return; }
  if (busy) { waiting = () => ask(sketch, drawing); return; }
  busy = true;
  server[props.live]({ sketch, model: props.model, options, drawing })
    .then(answered).catch(() => unanswered('The server did not answer: check the connection, the drawing is still here.'))
    .finally(() => { busy = false; const next = waiting; waiting = null; if (next) next(); });
}

function answered(answer) {
  if (answer.error) { unanswered(answer.error); return; }
  failed = '';
  if (!strokesNow().length && !pen) return;
  if (answer.heat) setHeat(answer.heat);
  tell('sketch-answer', answer);
}

function unanswered(sentence) {         // the same trouble is told once, not once a stroke
  if (sentence !== failed) toast('error', sentence);
  failed = sentence;
}

function askWhileDrawing() {
  if (ticking || !pace.live_ms) return;
  ticking = setTimeout(() => {
    ticking = 0;
    if (!pen || pen.pts.length < 2) return;
    rev += 1;
    ask(valueOf(strokesNow().concat([{ id: pen.id, pts: pen.pts.slice() }])), true);
  }, pace.live_ms);
}

function fromPython() {                 // a share link or a button of the page: one undoable step like any other
  const value = props.value;
  if (!value || !Array.isArray(value.strokes)) return;
  rev = Math.max(rev, value.rev || 0);
  commit(adopted(value.strokes), 'Sketch loaded, ' + counted(value.strokes.length));
}
