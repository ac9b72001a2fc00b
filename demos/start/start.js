// Cards with a picture, what it shows, and a button that begins there.
const cards = JSON.parse(props.cards);

function picture(card) {                // an SVG that ships, or the drawing itself
  if (card.svg) return document.importNode(new DOMParser().parseFromString(card.svg, 'image/svg+xml').documentElement, true);
  const drawn = svg('svg', { viewBox: '-.02 -.02 1.04 1.04', 'aria-hidden': 'true' });
  card.strokes.forEach((pts) => svg('path', { d: 'M' + pts.map((point) => point.join(' ')).join('L'), 'vector-effect': 'non-scaling-stroke' }, drawn));
  return drawn;
}

function show(card) {
  const made = html('section', 'st-card', find(card.svg ? '.st-pictures' : '.st-others'));
  made.appendChild(picture(card));
  const said = html('div', 'st-said', made);
  html(card.svg ? 'h2' : 'h3', '', said, card.question);
  html('p', '', said, card.finding);
  if (card.about) html('p', 'st-about', said, card.about);
  const button = html('button', '', said, card.button);
  button.type = 'button';
  button.addEventListener('click', () => document.dispatchEvent(new CustomEvent('sketch-errand', { detail: card.errand })));
}

cards.forEach(show);
