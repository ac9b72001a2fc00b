// What comes in from the page and from Python, and what goes out as files.
let received = '', arriving = 0;        // the text that was read last; the frame that reads the next
let ticket = '';                        // of the run that was asked for and has not ended
const finding = (text) => { find('.pl-finding').textContent = text; };

function found(of) {                    // the answer in one sentence
  const reached = of.runs.filter((each) => each.frames[known(of)][TARGET] >= 0.99).length, total = of.runs.length;
  const what = new Set(of.runs.map((each) => each.target)).size > 1 ? 'the target' : of.runs[0].target;
  const end = of.state === 'stopped' ? 'Stopped after ' + known(of) + ' iterations: ' : '';
  const first = of.runs[0].frames.findIndex((frame) => frame[TARGET] >= 0.99);
  if (total > 1) return end + reached + ' of ' + total + ' runs reach 99 % of ' + what + '.';
  if (first >= 0) return end + what + ' reaches 99 % at iteration ' + first + '.';
  return end + what + ' stands at ' + percent(of.runs[0].frames[known(of)][TARGET]) + '.';
}

function tell() {
  find('.pl-stop').hidden = !ticket;
  if (!film) return;
  finding(running() ? 'Iteration ' + known(film) + ' of ' + film.iterations + ' computed' : found(film));
  find('.pl-question').textContent = isTransfer(film)
    ? 'Where must the strokes of “' + film.origin + '” go to read as something else?'
    : 'Where must the strokes go to read as “' + film.runs[0].target + '” again?';
  find('.pl-about').textContent = 'Softmax probabilities by ' + film.model + ', preset ' + film.preset + ', start ' +
    film.runs[0].start.replace('_', ' ') + '; one drawing, ' + film.runs.length + (film.runs.length > 1 ? ' runs.' : ' run.') +
    ' Strokes are coloured by order as drawn, first to last; the square is the canvas.' + orderFound();
}

function orderFound() {                 // of the chosen run, where strokes also change places in the order
  const frame = row(film, run, known(film)), places = film.strokes.map((_, k) => poseIn(film, frame, k).place);
  if (places.every((place, k) => place === k)) return '';
  return ' Order found: ' + places.map((_, place) => places.indexOf(place) + 1).join(', ') + '.';
}

function open(of) {                     // another film from its beginning
  pause();
  film = of;
  at = 0;
  run = 0;
  find('.pl-empty').hidden = true;
  find('.pl-body').hidden = false;
  buildStage();
  refresh();
  if (!still.matches) play();
  else if (!running()) seek(film.iterations);
}

function refresh() {                    // the same film with more rows
  growStage();
  buildChart();
  buildTable();
  tell();
  draw();
}

function choose(index) {
  run = index;
  buildChart();
  tell();
  draw();
}

function receive() {                    // messages may come faster than frames: the newest holds the others
  if (props.value && !arriving) arriving = requestAnimationFrame(read);
}

function read() {
  arriving = 0;
  if (props.value === received) return;
  received = props.value;
  const next = readFilm(received), same = film && film.ticket === next.ticket;
  if (film && !same && !running()) keep(film);
  if (next.state !== 'running') ticket = '';
  if (same) {
    Object.assign(film, next);
    refresh();
    if (!running() && still.matches) seek(film.iterations);
  } else open(next);
  const detail = { ticket: film.ticket, iteration: known(film), state: film.state };
  setTimeout(() => document.dispatchEvent(new CustomEvent('inversion-painted', { detail: { ...detail, at: performance.now() } })));
}

function warn(sentence) {               // Gradio renders a toast as HTML
  const plain = html('span', '', null, sentence);
  trigger('error', plain.innerHTML);
}

function save(kind) {
  finding('Making the ' + kind + ' …');
  server[props.save]({ kind, film: film.text }).then((file) => {
    if (file.error) warn(file.error); else keepMade(file);
  }).catch(() => warn('The server did not answer: check the connection, the run is still here.')).finally(tell);
}

function ended() {                      // an event that ended without a last film: refused, or its connection was lost
  if (arriving) { cancelAnimationFrame(arriving); read(); }
  ticket = '';
  if (film && running()) film.state = 'stopped';
  tell();
  if (!film) finding('');
}

const acts = {
  play: toggle,
  loop() {
    playing.loop = !playing.loop;
    find('[data-act=loop]').setAttribute('aria-pressed', String(playing.loop));
  },
  stop() { server[props.stop]({ ticket }); finding('Stopping …'); },
};
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-act], [data-kind]'), menu = find('.pl-menu');
  if (!menu.contains(event.target)) menu.open = false;
  if (!button) return;
  if (button.dataset.act) acts[button.dataset.act]();
  else { menu.open = false; save(button.dataset.kind); }
});
document.addEventListener('inversion-asked', (event) => {
  ticket = event.detail.ticket;
  find('.pl-stop').hidden = false;
  finding('Waiting for its turn …');
});
document.addEventListener('inversion-ended', () => setTimeout(ended, 50));   // after the last film, if there is one
Array.from(props.kinds).forEach(([kind, label]) => {
  const button = html('button', '', find('.pl-sheet'), label);
  button.type = 'button';
  button.dataset.kind = kind;
});
new ResizeObserver(() => { if (film && find('.pl-chart').clientWidth !== chart.width) { buildChart(); draw(); } }).observe(find('.pl-chart'));
watch('value', receive);
receive();
