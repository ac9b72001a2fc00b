// Play, pause, scrub, speed, loop. While a run goes on, playing waits at its newest iteration.
const WHOLE_MS = 6000, PLAY = 'M8 5v14l11-7z', PAUSE = 'M7 5h4v14H7zM13 5h4v14h-4z';
const still = matchMedia('(prefers-reduced-motion: reduce)');
const playing = { frame: 0, time: 0, loop: false };
const slider = find('.pl-seek'), running = () => film.state === 'running';

function draw() {
  drawStage();
  drawChart();
  drawTable();
  drawKept();
  const iteration = Math.floor(at + 1e-6);
  find('.pl-when').textContent = 'iteration ' + iteration + ' of ' + film.iterations;
  slider.value = 1000 * warp(at, film);
  slider.setAttribute('aria-valuetext', 'iteration ' + iteration + ', ' + film.runs[run].target + ' ' + percent(row(film, run, at)[TARGET]));
}

function setIcon() {
  find('.pl-icon').setAttribute('d', playing.frame ? PAUSE : PLAY);
  find('[data-act=play]').setAttribute('aria-label', playing.frame ? 'Pause' : 'Play');
}

function pause() {
  cancelAnimationFrame(playing.frame);
  playing.frame = 0;
  setIcon();
}

function play() {
  if (at >= known(film) && !running()) at = 0;
  playing.time = performance.now();
  if (!playing.frame) playing.frame = requestAnimationFrame(tick);
  setIcon();
}

function tick(now) {
  const passed = Math.max(0, now - playing.time) * find('.pl-speed').value / WHOLE_MS;
  playing.time = now;
  at = Math.min(known(film), unwarp(warp(at, film) + passed, film));
  draw();
  if (at >= known(film) && !running()) {
    if (!playing.loop) { pause(); return; }
    at = 0;
  }
  playing.frame = requestAnimationFrame(tick);
}

function seek(moment) {
  pause();
  at = clamp(moment, 0, known(film));
  draw();
}

const STEPS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10, Home: -Infinity, End: Infinity };
slider.addEventListener('keydown', (event) => {
  if (event.key === ' ') toggle();
  else if (event.key in STEPS) seek((STEPS[event.key] > 0 ? Math.floor : Math.ceil)(at) + STEPS[event.key]);
  else return;
  event.preventDefault();
});
slider.addEventListener('input', () => seek(unwarp(slider.value / 1000, film)));

function toggle() { (playing.frame ? pause : play)(); }
