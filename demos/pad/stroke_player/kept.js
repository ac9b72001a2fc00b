// Earlier films: the last few stay in the page, move in step with what is shown, and come back at a click.
const MOST_KEPT = 4;
let kept = [];                          // {film, tile, chance}, newest first

function keep(of) {
  kept = [newKept(of), ...kept.filter((each) => each.film !== of)].slice(0, MOST_KEPT);
  showKept();
}

function newKept(of) {
  const tile = newTile(of, 0), button = html('button', 'pl-cell'), caption = html('span', 'pl-caption');
  const words = (isTransfer(of) ? of.origin + ' → ' : 'back to ') + of.runs[0].target;
  button.type = 'button';
  button.append(tile.picture, caption);
  html('span', '', caption, words);
  const chance = html('strong', '', caption);
  html('em', '', caption, of.preset + (of.runs.length > 1 ? ', ' + of.runs.length + ' runs' : ''));
  button.addEventListener('click', () => reopen(of));
  grow(tile);
  return { film: of, tile, chance, button };
}

function reopen(of) {
  const before = film;
  kept = kept.filter((each) => each.film !== of);
  if (!running() && before !== of) kept = [newKept(before), ...kept];
  open(of);
  showKept();
}

function showKept() {
  find('.pl-kept').hidden = !kept.length;
  find('.pl-shelf').replaceChildren(...kept.map(({ button }) => button));
  drawKept();
}

function drawKept() {
  kept.forEach(({ film: of, tile, chance }) => {
    move(tile, Math.min(at, known(of)));
    chance.textContent = percent(row(of, 0, Math.min(at, known(of)))[TARGET]);
  });
}
