// Talking to Python: fast calls while the pen moves and a queued event once it rests.
const pace = Object.assign({ live_ms: 90, settle_ms: 300 }, props.pace || {});
// What the page wants to know besides, passed on as it is.
let options = props.options ? { ...props.options, ...linkedTo(props.name) } : null;
let rev = 0, published = 0, settling = 0, ticking = 0, failed = '';   // published: the newest rev that is a whole drawing

const valueOf = (strokes) => ({ v: 1, size: SIZE, rev, strokes });
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail: { pad: props.name, ...detail } }));

function commit(strokes, words) {       // a new list becomes the drawing
  record(strokes);
  changed(words);
}

function changed(words) {
  chosen = -1;
  find('.sp-says').textContent = '';    // of an example, true until it is changed
  render();
  publish();
  say(words);
}

function publish() {
  published = rev += 1;
  props.value = valueOf(strokesNow());  // a new object: Gradio compares identities
  paper.dataset.rev = rev;
  paper.dataset.ended = performance.now();
  ask(valueOf(strokesNow()));
  settle();
  setTimeout(remember);
}

function settle() {                     // with a fast call, the queued event waits until the hand rests
  clearTimeout(settling);
  settling = setTimeout(() => (pen ? settle() : trigger('input', { rev })), props.live ? pace.settle_ms : 0);
}

function lineOf(name, then) {           // fast calls of one kind: one in flight, the newest waits, others are forgotten
  let busy = false, waiting = null;
  const put = (request) => {
    if (busy) { waiting = request; return; }
    busy = true;
    server[props[name]](request)
      .then((answer) => (answer.error ? unanswered(answer.error) : then(answer, request)))
      .catch(() => unanswered('The server did not answer: check the connection, the drawing is still here.'))
      .finally(() => { busy = false; const next = waiting; waiting = null; if (next) put(next); });
  };
  return { put, forget() { waiting = null; } };
}

const guesses = lineOf('live', guessed), colours = lineOf('colours', (answer) => setHeat(answer.heat));

function ask(sketch, drawing = false) { // drawing: the pen is down, only the guesses are wanted
  if (!props.live) return;
  if (!drawing) colours.forget();
  if (sketch.strokes.length) { guesses.put({ sketch, model: props.model, options, drawing }); return; }
  guesses.forget();
  setHeat(null);
  tell('sketch-answer', { rev: sketch.rev, top: [] });
}

function guessed(answer, request) {     // shown at once; the colours of a whole drawing are a second call
  failed = '';
  if (!strokesNow().length && !pen) return;
  tell('sketch-answer', answer);
  if (props.colours && answer.rev === published) colours.put({ ...request, seen: answer.top[0][0] });
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

function fromPython() {                 // a button of the page, say: one undoable step like any other
  const value = props.value;
  if (!value || !Array.isArray(value.strokes)) return;
  rev = Math.max(rev, value.rev || 0);
  commit(adopted(value.strokes), 'Sketch loaded, ' + counted(value.strokes.length));
}
