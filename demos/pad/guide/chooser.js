// The gallery, a page at a time; a click makes a photo the one to draw.
const PAGE = 20;
const names = JSON.parse(props.names), tiles = find('.gu-chooser ul'), kind = find('[data-of=kind]');
const kindOf = (name) => titleOf(name).replace(/-\d+\w*$/, '').replace(/-/g, ' ');
let offered = [];                       // photos of the kind that is chosen

function trouble(sentence) { find('.gu-note').textContent = sentence; }

function newChoice(name) {
  const item = document.createElement('li'), button = item.appendChild(document.createElement('button'));
  button.type = 'button';
  button.title = titleOf(name);
  button.setAttribute('aria-label', 'Draw ' + titleOf(name));
  button.appendChild(document.createElement('img')).alt = '';
  button.addEventListener('click', () => { setAim(name); open(false); find('[data-act=choose]').focus(); });
  item.dataset.name = name;
  return item;
}

async function more() {
  const next = offered.slice(tiles.children.length, tiles.children.length + PAGE), fresh = next.map(newChoice);
  tiles.append(...fresh);
  find('[data-act=more]').hidden = tiles.children.length >= offered.length;
  await fetched(next);
  fresh.forEach((item, i) => picture(item.querySelector('img'), next[i]));
}

function offer() {                      // the photos of a kind in mixed order: twins stand side by side by name
  offered = names.filter((name) => !kind.value || kindOf(name) === kind.value);
  if (!kind.value) offered = offered.map((name, i) => [i * 137 % names.length, name]).sort((a, b) => a[0] - b[0]).map((pair) => pair[1]);
  tiles.replaceChildren();
  more();
}

function open(wide) {
  find('.gu-chooser').hidden = !wide;
  find('[data-act=choose]').setAttribute('aria-expanded', String(wide));
  if (wide && !tiles.children.length) offer();
}

kind.replaceChildren(new Option('all', ''), ...[...new Set(names.map(kindOf))].sort().map((each) => new Option(each, each)));
kind.addEventListener('change', offer);
