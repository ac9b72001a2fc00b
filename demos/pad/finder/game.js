// The target: which photo, how near the drawing is, and the score when the visitor says so.
const KEPT = 'strokescope aim';
const rounds = [];                      // ranks scored since the page was opened
let photos = 483, last = null, done = false;

const counted = (number, what) => number + ' ' + what + (number === 1 ? '' : 's');
const ranked = () => Boolean(last && last.top.length && last.aim === wanted.aim && last.rank);

function publish() {
  props.value = { ...wanted };          // a new object: Gradio compares identities
  tell('sketch-options', { options: { ...wanted } });
  if (!wanted.gallery) keep(KEPT);
}

function setAim(name) {
  if (!name || name === wanted.aim) return;
  wanted.aim = name;
  done = false;
  ranks = [];
  drawAim();
  publish();
}

function another() {                    // a scored round is over: the next one begins on an empty pad
  if (done && ranked()) document.getElementById(props.pad).querySelector('[data-act=clear]').click();
  const { gallery, aim } = wanted;
  return ask('pick', { gallery, but: aim }, (answer) => {
    if (gallery !== wanted.gallery || aim !== wanted.aim) return;   // chosen meanwhile
    photos = answer.photos;
    setAim(answer.name);
  });
}

function score() {
  if (!ranked() || done) return;
  done = true;
  rounds.push(last.rank);
  drawAim();
}

function share(rank) {                  // of the photos that are farther from the drawing
  const percent = 100 * (photos - rank) / Math.max(photos - 1, 1);
  return (percent > 99 && percent < 100 ? percent.toFixed(1) : Math.round(percent)) + ' %';
}

function verdict() {
  const strong = document.createElement('strong');
  if (!ranked()) return ['Its rank among the ' + photos + ' photos follows every stroke; say when you are done. Twins that differ in one detail are among them.'];
  strong.textContent = 'Rank ' + last.rank;
  if (!done) return [strong, ' of ' + photos + ' after ' + counted(last.strokes, 'stroke') + '.'];
  const words = last.rank === 1 ? ': found. No other photo is nearer.' : ': nearer than ' + share(last.rank) + ' of the others.';
  return [strong, ' of ' + photos + ' with ' + counted(last.strokes, 'stroke') + words];
}

function aside() {
  const twins = (last && last.kin || []).map(([, differs, rank]) => 'rank ' + rank + ' (differs in ' + differs + ')');
  const told = twins.length ? 'Its near-twins: ' + twins.join(', ') + '. ' : '';
  return done ? told + 'Your rounds: ' + rounds.join(', ') + '.' : '';
}

function drawAim() {
  const img = find('.fi-photo img'), aim = wanted.aim;
  img.alt = aim ? 'The target, ' + titleOf(aim) : '';
  find('.fi-photo figcaption').textContent = titleOf(aim);
  if (aim && !picture(img, aim)) fetched([aim]).then(() => { if (aim === wanted.aim) picture(img, aim); });
  find('.fi-score').replaceChildren(...verdict());
  find('.fi-kin').textContent = aside();
  find('[data-act=done]').setAttribute('aria-disabled', String(!ranked() || done));
  drawCurve(photos);
  for (const item of find('.fi-top').children) item.classList.toggle('aimed', item.dataset.name === aim);
}
