// Drawings: one SVG a run. A new moment moves and reshapes the strokes and lengthens their trails.
const LINE = 0.0125;                    // of the picture's side

function newTile(of, index) {
  const picture = svg('svg', { class: 'pl-tile', role: 'img' }), page = svg('rect', { class: 'pl-canvas', width: 1, height: 1 }, picture);
  const past = svg('g', { class: 'pl-past' }, picture), ink = svg('g', { class: 'pl-ink' }, picture);
  page.setAttribute('rx', 0.01);
  of.strokes.forEach((stroke) => {
    for (const path of [svg('path', {}, past), svg('path', { d: outline(stroke.pts) }, ink)]) {
      path.style.setProperty('--told', stroke.colours[0]);
      path.style.setProperty('--told-dark', stroke.colours[1]);
    }
  });
  return { of, index, picture, trails: Array.from(past.childNodes), paths: Array.from(ink.childNodes), lengths: [] };
}

function outline(pts) {
  return pts.length === 1 ? 'M' + pts[0].join(' ') + 'h.0001' : 'M' + pts.map((point) => point.join(' ')).join('L');
}

function grow(tile) {                   // after new rows: trails over all of them, and how long each is at each row
  const { frames } = tile.of.runs[tile.index];
  const view = tile.view || viewOf(tile.of);
  tile.picture.setAttribute('viewBox', view);
  tile.side = Number(view.split(' ').pop());
  tile.picture.style.setProperty('--side', tile.side + 'px');
  tile.trails.forEach((trail, k) => {
    const places = frames.map((frame) => frame.slice(POSES + tile.of.entries * k).slice(0, 2));
    let length = 0;
    tile.lengths[k] = places.map((place, i) => (length += i ? Math.hypot(place[0] - places[i - 1][0], place[1] - places[i - 1][1]) : 0));
    trail.setAttribute('d', outline(places));
  });
}

function move(tile, moment) {
  const before = clamp(Math.floor(moment + 1e-6), 0, known(tile.of));
  const share = clamp(moment - before, 0, 1), frame = row(tile.of, tile.index, moment);
  tile.paths.forEach((path, k) => {
    const pose = poseAt(tile.of, tile.index, moment, k), { pts } = tile.of.strokes[k];
    path.setAttribute('transform', 'translate(' + pose.x + ' ' + pose.y + ')');
    if (isFree(tile.of)) path.setAttribute('d', outline(shaped(pts, pose)));
    path.style.strokeWidth = LINE * tile.side;
    const lengths = tile.lengths[k], next = lengths[Math.min(before + 1, lengths.length - 1)];
    tile.trails[k].style.strokeDasharray = lengths[before] + share * (next - lengths[before]) + ' 99';
  });
  tile.picture.setAttribute('aria-label', nameOf(tile.of, tile.index) + ': ' + percent(frame[TARGET]));
}

const stage = { tiles: [], captions: [] };

function buildStage() {
  const box = find('.pl-stage'), { length } = film.runs;
  box.replaceChildren();
  box.dataset.columns = length === 1 ? 1 : length < 5 ? 2 : 3;
  stage.tiles = film.runs.map((_, index) => newTile(film, index));
  stage.captions = stage.tiles.map((tile, index) => {
    const cell = html('button', 'pl-cell', box);
    cell.type = 'button';
    cell.disabled = length === 1;
    cell.appendChild(tile.picture);
    cell.addEventListener('click', () => choose(index));
    const caption = html('span', 'pl-caption', cell);
    return { cell, name: html('span', '', caption, nameOf(film, index)), chance: html('strong', '', caption), top: html('em', '', caption) };
  });
}

function growStage() {
  const view = viewOf(film);
  stage.tiles.forEach((tile) => { tile.view = view; grow(tile); });
}

function drawStage() {
  stage.tiles.forEach((tile) => move(tile, at));
  stage.captions.forEach(({ cell, chance, top }, index) => {
    const name = row(film, index, at)[TOP];
    chance.textContent = percent(row(film, index, at)[TARGET]);
    top.textContent = name === film.runs[index].target ? '' : 'now ' + name;
    cell.setAttribute('aria-pressed', String(index === run));
  });
}
