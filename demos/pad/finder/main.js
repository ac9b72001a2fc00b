// The photos found, what the pad and Python say, and the buttons.
const list = find('.fi-top');
let shown = -1;
let here = { strokes: 0, places: new Map() }, before = here.places;   // places now, and one stroke earlier

function trouble(sentence) { find('.fi-finding').textContent = sentence; }

function newTile() {
  const tile = document.createElement('li'), button = tile.appendChild(document.createElement('button'));
  button.type = 'button';
  button.appendChild(document.createElement('img')).alt = '';
  button.appendChild(document.createElement('span')).className = 'blank';
  const row = button.appendChild(document.createElement('span'));
  row.className = 'fi-row';
  for (const kind of ['strong', 'em', 'span']) row.appendChild(document.createElement(kind));
  button.addEventListener('click', () => setAim(tile.dataset.name));
  return tile;
}

function moved(name, place) {           // with the last stroke, in words
  if (!before.size) return '';
  const then = before.get(name);
  return then === undefined ? 'new' : then > place ? '▲' + (then - place) : then < place ? '▼' + (place - then) : '';
}

function fill(tile, name, far, place) {
  const [img, blank, row] = tile.firstChild.children, [number, move, distance] = row.children;
  tile.dataset.name = name;
  blank.hidden = picture(img, name);
  number.textContent = place;
  move.textContent = moved(name, place);
  distance.textContent = far.toFixed(3);
  tile.firstChild.title = titleOf(name);
  tile.firstChild.setAttribute('aria-label', place + ', ' + titleOf(name) + ', distance ' + far.toFixed(3) + ': make it the target');
  tile.classList.toggle('aimed', name === wanted.aim);
}

function drawTop(top) {
  while (list.children.length > top.length) list.lastChild.remove();
  while (list.children.length < top.length) list.appendChild(newTile());
  top.forEach(([name, far], i) => fill(list.children[i], name, far, i + 1));
  find('.fi-empty').hidden = top.length > 0;
  find('.fi-save').hidden = !top.length;
}

async function painted(rev, top, next) { // the frame that holds every photo of this answer was drawn
  await fetched(top.map(([name]) => name));
  if (rev !== shown) return;
  for (const tile of list.children) tile.firstChild.children[1].hidden = picture(tile.firstChild.firstChild, tile.dataset.name);
  await Promise.all(Array.from(list.querySelectorAll('img'), (img) => img.decode().catch(() => 0)));
  requestAnimationFrame(() => setTimeout(() => {
    tell('sketch-painted', { rev, at: performance.now() });
    if (rev === shown) fetched(next);
  }));
}

function whole() {                      // curve, unless the drawing or the target is another by now
  const told = props.curve;
  if (told && told.aim === wanted.aim && told.rev >= shown) ranks = Array.from(told.ranks, (pair) => Array.from(pair));
}

function show(answer) {
  if (!(answer.rev >= shown) || answer.top.length && answer.gallery !== wanted.gallery) return;
  shown = answer.rev;
  const top = Array.from(answer.top);
  last = top.length ? answer : null;
  if (last) photos = answer.photos; else { ranks = []; done = false; }
  if (ranked()) ranks = [...ranks.filter(([strokes]) => strokes < answer.strokes), [answer.strokes, answer.rank]];
  whole();                              // it may have come before this answer
  if (last && answer.strokes !== here.strokes) before = here.places;
  here = { strokes: last ? answer.strokes : 0, places: new Map(top.map(([name], i) => [name, i + 1])) };
  drawTop(top);
  find('.fi-finding').textContent = last ? 'The ' + top.length + ' nearest of ' + photos + ' with their distances, 0 to 2, and how each moved with this stroke.' : '';
  find('.fi-note').textContent = last ? answer.note : '';
  drawAim();
  painted(answer.rev, top, Array.from(answer.next || []));
}

function search(key, count) {           // from now on in another gallery
  Object.assign(wanted, { gallery: key, aim: '' });
  photos = count;
  last = null;
  here = { strokes: 0, places: new Map() };
  drawTop([]);
  another();
}

function useOwn() {
  const own = props.gallery;
  if (!own || own.key === wanted.gallery) return;
  const problems = Array.from(own.problems), rest = own.duplicates ? ', ' + counted(own.duplicates, 'duplicate') + ' left out' : '';
  find('.fi-source').hidden = false;
  find('.fi-source p').textContent = 'Searching your ' + counted(own.photos, 'photo') + rest + '.';
  find('.fi-source details').hidden = !problems.length;
  find('.fi-source summary').textContent = counted(problems.length, 'file') + ' could not be taken';
  find('.fi-source ul').replaceChildren(...problems.map(([name, sentence]) => {
    const item = document.createElement('li');
    item.textContent = name + ': ' + sentence;
    return item;
  }));
  search(own.key, own.photos);
}

function back() {
  ask('leave', { gallery: wanted.gallery }, () => 0);
  find('.fi-source').hidden = true;
  search('', photos);
}

function save() {
  const { aim, photos: of, strokes, rank, note } = last, top = Array.from(last.top, ([photo, distance]) => ({ photo, distance }));
  const found = { target: aim, rank, photos: of, strokes, nearest: top, ranks: ranks.map(([drawn, at]) => ({ strokes: drawn, rank: at })), note };
  keepFile(new Blob([JSON.stringify(found, null, 1)], { type: 'application/json' }), 'found.json');
}

const acts = { done: score, another, back, save };
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-act]');
  if (button) acts[button.dataset.act]();
});
document.addEventListener('sketch-answer', (event) => { if (event.detail.pad === props.pad) show(event.detail); });
document.addEventListener('click', (event) => { // an example is of a photo: that is the one to find
  const button = event.target.closest('.sp-examples button');
  const photo = button && button.closest('[id="' + props.pad + '"]') && props.photo_of[button.dataset.name];
  if (photo && !wanted.gallery) setAim(photo);
}, true);
new ResizeObserver(() => drawCurve(photos)).observe(find('.fi-curve'));
watch('curve', () => { whole(); drawCurve(photos); });
watch('gallery', useOwn);
drawAim();
begin(KEPT);
